public import Foundation

/// Reads XDF files made here or elsewhere, past damage and cut tails.
public struct XDFReader: Sendable {
    public struct Stream: Sendable, Equatable {
        public var id: UInt32
        public var name: String
        public var type: String
        public var channels: Int
        public var nominalRate: Double
        /// "float32", "double64", "int8" … "int64", "string".
        public var format: String
        public var labels: [String]
        /// Seconds, one per sample, as written; those not in the file are placed by the nominal rate.
        public var stamps: [Double] = []
        /// Sample-major, shape `[samples, channels]`; empty for text.
        public var values: [Double] = []
        public var texts: [String] = []
        /// Sum over pairs is `stamps.count`; collection time and offset in seconds.
        public var clockOffsets: [(time: Double, offset: Double)] = []
        public var hasFooter = false

        public var samples: Int { stamps.count }

        public static func == (a: Stream, b: Stream) -> Bool {
            a.id == b.id && a.stamps == b.stamps && a.values == b.values && a.texts == b.texts
        }
    }

    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        public var offset: Int
        public var text: String
        public var description: String { "byte \(offset): \(text)" }
    }

    public private(set) var streams: [Stream] = []
    public private(set) var problems: [Problem] = []
    /// Bytes from the start up to the end of the last whole chunk.
    public private(set) var validLength = 0

    /// - Parameter keepsValues: false to count and stamp only.
    /// - Throws: ``SessionError`` when the file cannot be opened or does not begin as XDF.
    public init(path: String, keepsValues: Bool = true) throws(SessionError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw SessionError(path: path, reason: .system(call: "open", code: errno == 0 ? ENOENT : errno))
        }
        try self.init(data, path: path, keepsValues: keepsValues)
    }

    public init(_ data: Data, path: String, keepsValues: Bool = true) throws(SessionError) {
        guard data.starts(with: XDF.magic) else {
            let found = data.prefix(4).map { String(format: "%02X", $0) }.joined(separator: " ")
            throw SessionError(path: path, reason: .damaged(offset: 0, expected: "“XDF:”", found: found))
        }
        data.withUnsafeBytes { parse($0, keepsValues: keepsValues) }
    }

    private mutating func parse(_ bytes: UnsafeRawBufferPointer, keepsValues: Bool) {
        var offset = XDF.magic.count
        validLength = offset
        while offset < bytes.count {
            var cursor = XDFCursor(bytes, offset: offset)
            guard let length = cursor.variableLength(), length >= 2, length <= bytes.count - cursor.offset,
                let code = cursor.integer(UInt16.self)
            else {
                guard let next = Self.boundary(in: bytes, after: offset) else {
                    let text = "the file ends within a chunk (\(bytes.count - offset) bytes)"
                    problems.append(Problem(offset: offset, text: text))
                    return
                }
                problems.append(Problem(offset: offset, text: "\(next - offset) bytes are no chunk and were skipped"))
                offset = next
                continue
            }
            let end = cursor.offset + length - 2
            var content = XDFCursor(UnsafeRawBufferPointer(rebasing: bytes[cursor.offset..<end]), offset: 0)
            if let text = read(XDFTag(rawValue: code), &content, keepsValues: keepsValues) {
                problems.append(Problem(offset: offset, text: text))
            }
            offset = end
            validLength = end
        }
    }

    /// - Returns: what is wrong with the chunk, if anything.
    private mutating func read(_ tag: XDFTag?, _ content: inout XDFCursor, keepsValues: Bool) -> String? {
        switch tag {
        case .streamHeader:
            guard let id = content.integer(UInt32.self) else { return "a stream header without an identifier" }
            guard !streams.contains(where: { $0.id == id }) else { return "a second header for stream \(id)" }
            let xml = XMLText(content.rest())
            guard let channels = xml.value("channel_count").flatMap(Int.init), channels > 0, channels < 1 << 20,
                let format = xml.value("channel_format"), format == "string" || XDFCursor.sizes[format] != nil
            else { return "stream \(id) has no usable channel count and format" }
            streams.append(
                Stream(
                    id: id, name: xml.value("name") ?? "", type: xml.value("type") ?? "", channels: channels,
                    nominalRate: xml.value("nominal_srate").flatMap(Double.init) ?? 0, format: format,
                    labels: xml.values("label")))
        case .samples:
            guard let id = content.integer(UInt32.self), let index = streams.firstIndex(where: { $0.id == id }) else {
                return "samples of a stream without a header"
            }
            guard content.samples(into: &streams[index], keepsValues: keepsValues) else {
                return "a samples chunk of stream \(id) is shorter than it says"
            }
        case .clockOffset:
            guard let id = content.integer(UInt32.self), let time = content.double(), let offset = content.double(),
                let index = streams.firstIndex(where: { $0.id == id })
            else { return "a clock offset that belongs to no stream" }
            streams[index].clockOffsets.append((time, offset))
        case .streamFooter:
            if let id = content.integer(UInt32.self), let index = streams.firstIndex(where: { $0.id == id }) {
                streams[index].hasFooter = true
            }
        case .fileHeader, .boundary: break
        case nil: return "a chunk of an unknown kind"
        }
        return nil
    }

    /// Where the chunk begins whose content is the next boundary: 4 bytes (length of length, length, tag) before it.
    private static func boundary(in bytes: UnsafeRawBufferPointer, after offset: Int) -> Int? {
        guard bytes.count >= 16 else { return nil }
        var start = offset + 5
        while start + 16 <= bytes.count {
            if bytes[start] == XDF.boundary[0], bytes[start..<start + 16].elementsEqual(XDF.boundary) {
                return start - 4
            }
            start += 1
        }
        return nil
    }
}
