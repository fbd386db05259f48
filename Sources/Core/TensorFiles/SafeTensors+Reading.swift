import Failures
public import Foundation

extension SafeTensors {
    /// The longest header that is read. A tensor takes about 100 bytes of it; Python's library stops at 100 MB.
    static let headerBytesMax = 4 << 20
    private static let axesMax = 8

    /// Reads a file's bytes. What is claimed in memory is bounded by the size of `data`, whatever its header says.
    /// - Parameter name: the file's name, for messages.
    /// - Throws: ``FileError`` for anything that is not a complete, consistent file. As in Python's library, the tensors
    ///   must cover the data without holes or overlaps.
    public init(_ data: Data, name: String) throws(FileError) {
        func fail(_ problem: String) -> FileError { FileError(file: name, problem: problem) }
        guard data.count >= 8 else { throw fail("it is shorter than the 8 bytes of the header's length") }
        let length = data.withUnsafeBytes { $0.word(at: 0) as UInt64 }
        guard length <= UInt64(Self.headerBytesMax) else {
            throw fail("its header is said to have \(length) bytes; at most \(Self.headerBytesMax) are read")
        }
        guard Int(length) <= data.count - 8 else {
            throw fail("its header is said to have \(length) bytes, the file has \(data.count)")
        }
        let body = data.dropFirst(8 + Int(length))
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(data.dropFirst(8).prefix(Int(length))))
        } catch {
            throw fail("its header is not as the format asks: \(Header.place(of: error))")
        }
        var tensors: [String: Tensor] = [:]
        var covered = 0
        let inOrder = header.entries.sorted { ($0.value.offsets, $0.key) < ($1.value.offsets, $1.key) }
        for (key, entry) in inOrder {
            let bytes: Int
            switch entry.type {
            case "F32": bytes = 4
            case "F64": bytes = 8
            default: throw fail("tensor “\(key)” has the type \(entry.type); only F32 and F64 are read")
            }
            guard entry.shape.count <= Self.axesMax else { throw fail("tensor “\(key)” has \(entry.shape.count) axes") }
            var size = bytes
            for dimension in entry.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
                guard dimension >= 0, !overflow else { throw fail("tensor “\(key)” has the shape \(entry.shape)") }
                size = product
            }
            guard entry.offsets.begin == covered, entry.offsets.end <= body.count,
                entry.offsets.end - covered == size
            else {
                throw fail(
                    "tensor “\(key)” of \(size) bytes is said to lie at \(entry.offsets.begin) ..< \(entry.offsets.end) of"
                        + " \(body.count); it should begin at \(covered)")
            }
            tensors[key] = body.dropFirst(covered).prefix(size).withUnsafeBytes { raw in
                bytes == 4
                    ? Tensor(shape: entry.shape, (0..<size / 4).map { Float(bitPattern: raw.word(at: 4 * $0)) })
                    : Tensor(shape: entry.shape, (0..<size / 8).map { Double(bitPattern: raw.word(at: 8 * $0)) })
            }
            covered += size
        }
        guard covered == body.count else {
            throw fail("its tensors take \(covered) bytes, its data are \(body.count)")
        }
        self.init(tensors: tensors, metadata: header.metadata)
    }
}

/// The JSON header: tensors by name, and texts under `__metadata__`.
private struct Header: Decodable {
    struct Offsets: Comparable {
        var begin: Int
        var end: Int
        static func < (a: Offsets, b: Offsets) -> Bool { (a.begin, a.end) < (b.begin, b.end) }
    }

    struct Entry: Decodable {
        var type: String
        var shape: [Int]
        var offsets: Offsets

        private enum Key: String, CodingKey { case dtype, shape, data_offsets }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            type = try fields.decode(String.self, forKey: .dtype)
            shape = try fields.decode([Int].self, forKey: .shape)
            let pair = try fields.decode([Int].self, forKey: .data_offsets)
            guard pair.count == 2, pair[0] >= 0, pair[1] >= pair[0] else {
                throw DecodingError.dataCorruptedError(
                    forKey: .data_offsets, in: fields, debugDescription: "expected a begin and an end, found \(pair)")
            }
            offsets = Offsets(begin: pair[0], end: pair[1])
        }
    }

    struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init(from decoder: any Decoder) throws {
        let names = try decoder.container(keyedBy: Name.self)
        for name in names.allKeys {
            if name.stringValue == SafeTensors.metadataKey {
                metadata = try names.decode([String: String].self, forKey: name)
            } else {
                entries[name.stringValue] = try names.decode(Entry.self, forKey: name)
            }
        }
    }

    /// Where in the header something is wrong, and what, in short.
    static func place(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it cannot be read" }
        let (context, what): (DecodingError.Context, String)
        switch error {
        case .keyNotFound(let key, let found): (context, what) = (found, "“\(key.stringValue)” is missing")
        case .typeMismatch(let type, let found), .valueNotFound(let type, let found):
            (context, what) = (found, "expected \(DecodingFault.words(type))")
        // The text is ours where it is about a field.
        case .dataCorrupted(let found):
            (context, what) = (found, found.codingPath.isEmpty ? "it is no JSON" : found.debugDescription)
        @unknown default: return "it cannot be read"
        }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return (path.isEmpty ? "" : "at “\(path)”: ") + what
    }
}

extension UnsafeRawBufferPointer {
    /// Little-endian, wherever it lies.
    fileprivate func word<Word: FixedWidthInteger>(at offset: Int) -> Word {
        Word(littleEndian: loadUnaligned(fromByteOffset: offset, as: Word.self))
    }
}
