public import Foundation

/// Reads XDF files made here or elsewhere, past damage and cut tails.
///
/// The file is mapped, not read: one pass over the chunks' headers finds how many samples each stream has, a second one
/// decodes each stream straight into arrays of the right type and size.
public struct XDFReader: Sendable {
    /// What is done with stamps and values.
    public struct Options: Sendable {
        /// False to count and stamp only.
        public var keepsValues = true
        /// False for a survey, which takes the same memory for a file of any length: of each stream the number of samples, the first
        /// and the last stamp, and of its texts the notes of gaps.
        var keepsStamps = true
        /// Brings every stream to the recorder's clock (``Stream/synchroniseClock(_:)``).
        public var synchronisesClocks = false
        /// Replaces the stamps of regular streams by straight lines between breaks (``Stream/dejitter(_:)``).
        public var dejitters = false

        public init(keepsValues: Bool = true, synchronisesClocks: Bool = false, dejitters: Bool = false) {
            self.keepsValues = keepsValues
            self.synchronisesClocks = synchronisesClocks
            self.dejitters = dejitters
        }
    }

    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        public var offset: Int
        public var text: String
        public var description: String { "byte \(offset): \(text)" }
    }

    public internal(set) var streams: [Stream] = []
    /// What is wrong with the file, in its order.
    public internal(set) var problems: [Problem] = []
    private var problemsLeftOut = 0
    /// There is a chunk that tells of the file.
    private(set) var hasHeader = false
    /// Channels of all streams so far.
    private var channels = 0
    /// Bytes from the start up to the end of the last whole chunk.
    public private(set) var validLength = 0
    /// Moments of the recorder's monotonic clock and of UTC, in seconds, where the file has them (Larmor's own do).
    public private(set) var anchor: (monotonic: Double, utc: Double)?

    /// Time 0 of a recording that was imported, on the clock of the stamps; nil in all others.
    public private(set) var timeZero: Double?
    /// When the file was begun, where nothing more exact is known: what its header calls `datetime`.
    public private(set) var begun: Date?
    /// What the source of an imported recording tells of it.
    private(set) var metadata: [String: String] = [:]
    /// False where the recording says that nobody knows its date.
    public private(set) var hasDate = true

    /// Whether a file begins as XDF; false when it cannot be opened.
    public static func isXDF(_ path: String) -> Bool {
        (try? MappedFile(path: path))?.withBytes { $0.starts(with: XDF.magic) } ?? false
    }

    /// - Throws: ``SessionError`` when the file cannot be opened or does not begin as XDF.
    public init(path: String, options: Options = Options()) throws(SessionError) {
        let file = try MappedFile(path: path)
        self = try file.withBytes { bytes throws(SessionError) in
            try XDFReader(bytes, path: path, options: options) { file.release($0) }
        }
    }

    public init(path: String, keepsValues: Bool) throws(SessionError) {
        try self.init(path: path, options: Options(keepsValues: keepsValues))
    }

    /// Reads `recording.xdf` of a session folder.
    /// - Throws: ``SessionError``; a link, a FIFO or a device in its place is refused.
    public init(session folder: String, options: Options = Options()) throws(SessionError) {
        let file = try MappedFile(SessionWriter.recordingName, in: folder)
        let path = folder + "/" + SessionWriter.recordingName
        self = try file.withBytes { bytes throws(SessionError) in
            try XDFReader(bytes, path: path, options: options) { file.release($0) }
        }
    }

    /// Looks through `recording.xdf` of a session folder: ``Options/keepsStamps`` is false.
    /// - Parameter visit: told the stamps of each chunk of numbers, with the position of its stream; nil where nobody asks.
    static func survey(
        session folder: String, visit: ((_ stream: Stream, _ stamps: UnsafeBufferPointer<Double>) -> Void)? = nil
    ) throws(SessionError) -> XDFReader {
        let file = try MappedFile(SessionWriter.recordingName, in: folder)
        let path = folder + "/" + SessionWriter.recordingName
        var options = Options(keepsValues: false)
        options.keepsStamps = false
        return try file.withBytes { bytes throws(SessionError) in
            try XDFReader(bytes, path: path, options: options, visit: visit) { file.release($0) }
        }
    }

    public init(_ data: Data, path: String, options: Options = Options()) throws(SessionError) {
        let bytes = Array(data)
        let result = bytes.withUnsafeBytes { raw in
            Result<XDFReader, SessionError> { () throws(SessionError) in
                try XDFReader(raw, path: path, options: options) { _ in }
            }
        }
        self = try result.get()
    }

    /// - Parameter release: told which bytes are no longer needed for now.
    init(
        _ bytes: UnsafeRawBufferPointer, path: String, options: Options,
        visit: ((_ stream: Stream, _ stamps: UnsafeBufferPointer<Double>) -> Void)? = nil, release: (Range<Int>) -> Void
    ) throws(SessionError) {
        guard bytes.starts(with: XDF.magic) else {
            let found = bytes.prefix(4).map { String(format: "%02X", $0) }.joined(separator: " ")
            throw SessionError(path: path, reason: .damaged(offset: 0, expected: "“XDF:”", found: found))
        }
        let chunks = index(bytes, keepsStamps: options.keepsStamps, visit, release)
        release(0..<bytes.count)
        for position in streams.indices where options.keepsStamps {
            decode(chunks[position], of: position, bytes, keepsValues: options.keepsValues, release)
        }
        checkFooters()
        if problemsLeftOut > 0 {
            problems.append(Problem(offset: bytes.count, text: "\(problemsLeftOut) more problems like these"))
        }
        problems.sort { $0.offset < $1.offset }
        if options.synchronisesClocks {
            for position in streams.indices { streams[position].synchroniseClock() }
        }
        if options.dejitters { for position in streams.indices { streams[position].dejitter() } }
    }

    /// First pass: the chunks of samples of each stream, everything else taken at once.
    private mutating func index(
        _ bytes: UnsafeRawBufferPointer, keepsStamps: Bool,
        _ visit: ((_ stream: Stream, _ stamps: UnsafeBufferPointer<Double>) -> Void)?, _ release: (Range<Int>) -> Void
    ) -> [[XDFSamplesChunk]] {
        var chunks: [[XDFSamplesChunk]] = []
        var positions: [UInt32: Int] = [:]
        var offset = XDF.magic.count
        validLength = offset
        var released = 0
        while offset < bytes.count {
            guard let chunk = XDFChunkHeader(bytes, at: offset), isChunk(chunk, bytes) else {
                let next = Self.boundary(in: bytes, after: offset)
                let length = (next ?? bytes.count) - offset
                note(
                    next == nil
                        ? "the file ends within a chunk (\(length) bytes)" : "\(length) bytes are no chunk and were skipped",
                    at: offset)
                offset = next ?? bytes.count
                continue
            }
            if chunk.tag == .samples {
                var cursor = XDFCursor(UnsafeRawBufferPointer(rebasing: bytes[chunk.content]))
                if let id = cursor.integer(UInt32.self), let position = positions[id] {
                    var samples = XDFSamplesChunk(
                        offset: offset, start: chunk.content.lowerBound + cursor.offset,
                        end: chunk.content.upperBound)
                    let rowSize = streams[position].channels * streams[position].format.size
                    samples.room = samples.announced(bytes, rowSize: rowSize)?.count ?? 0
                    if keepsStamps {
                        chunks[position].append(samples)
                    } else {
                        survey(samples, of: position, bytes, visit)
                    }
                } else {
                    note("samples of a stream without a header", at: offset)
                }
            } else if let text = take(chunk, bytes, at: offset, &positions) {
                note(text, at: offset)
            }
            while chunks.count < streams.count { chunks.append([]) }
            offset = chunk.content.upperBound
            validLength = offset
            if offset - released > Self.releaseInterval {
                release(released..<offset)
                released = offset
            }
        }
        return chunks
    }

    /// A file of rubbish may have any number of faults; the first tell what it is.
    private static let problemsKept = 10_000

    mutating func note(_ text: String, at offset: Int) {
        guard problems.count < Self.problemsKept else {
            problemsLeftOut += 1
            return
        }
        problems.append(Problem(offset: offset, text: text))
    }

    /// A chunk of a kind that is not known is passed over, but only when another chunk follows it: else its length is rubbish.
    private func isChunk(_ chunk: XDFChunkHeader, _ bytes: UnsafeRawBufferPointer) -> Bool {
        if chunk.tag != nil || chunk.content.upperBound == bytes.count { return true }
        return XDFChunkHeader(bytes, at: chunk.content.upperBound)?.tag != nil
    }

    /// - Returns: what is wrong with the chunk, if anything.
    private mutating func take(
        _ chunk: XDFChunkHeader, _ bytes: UnsafeRawBufferPointer, at offset: Int, _ positions: inout [UInt32: Int]
    ) -> String? {
        var content = XDFCursor(UnsafeRawBufferPointer(rebasing: bytes[chunk.content]))
        if chunk.tag != .samples, chunk.content.count > Self.longestHeader {
            return "a header or footer of \(chunk.content.count) bytes, expected \(Self.longestHeader) at most"
        }
        switch chunk.tag {
        case .fileHeader:
            hasHeader = true
            let header = HeaderElement(content.rest())
            if let host = header["monotonic_anchor_s"].flatMap(Double.init),
                let utc = header["utc_anchor_s"].flatMap(Double.init)
            {
                anchor = (host, utc)
            }
            timeZero = header["time_zero_s"].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
            begun = header["datetime"].flatMap { ISO8601Moment($0)?.date }
            hasDate = header["date_unknown"] == nil
            for element in header.child("metadata")?.children ?? [] { metadata[element.name] = element.text }
        case .streamHeader:
            guard let id = content.integer(UInt32.self) else {
                return "a stream header without an identifier"
            }
            guard positions[id] == nil else { return "a second header for stream \(id)" }
            let header = HeaderElement(content.rest())
            // Every channel costs memory, and one sample needs a byte of each: more than the file has bytes cannot be true.
            let limit = max(Self.channelsOfSmallFiles, bytes.count) - channels
            guard let stream = Stream(id: id, header: header, channelsAtMost: limit) else {
                return "stream \(id) has no usable channel count and format"
            }
            channels += stream.channels
            positions[id] = streams.count
            streams.append(stream)
            if let fault = stream.rateFault { note("stream \(id) (\(stream.name)): \(fault)", at: offset) }
            if !header.isWellFormed { return "the header of stream \(id) is no well-formed XML; read up to the fault" }
        case .clockOffset:
            guard let id = content.integer(UInt32.self), let time = content.double(),
                let offset = content.double(),
                time.isFinite, offset.isFinite, let position = positions[id]
            else { return "a clock offset that belongs to no stream" }
            streams[position].clockOffsets.append((time, offset))
        case .streamFooter:
            guard let id = content.integer(UInt32.self), let position = positions[id] else {
                return "a footer that belongs to no stream"
            }
            streams[position].hasFooter = true
            streams[position].footerSampleCount = HeaderElement(content.rest())["sample_count"].flatMap(Int.init)
            streams[position].footerOffset = offset
        case .samples, .boundary: break
        case nil: return "a chunk of an unknown kind"
        }
        return nil
    }

    /// Bytes of a header that is still looked into.
    private static let longestHeader = 256 << 20
    /// So many channels in all are taken from any file, however short it is.
    private static let channelsOfSmallFiles = 1 << 16
    private mutating func checkFooters() {
        for stream in streams {
            guard let said = stream.footerSampleCount, said != stream.samples else { continue }
            note(
                "the footer of stream \(stream.id) (\(stream.name)) says \(said) samples; there are \(stream.samples)",
                at: stream.footerOffset)
        }
    }

    /// The end of the next boundary's content: a chunk begins there.
    static func boundary(in bytes: UnsafeRawBufferPointer, after offset: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var place = offset
        while place + XDF.boundary.count <= bytes.count {
            guard let hit = memchr(base + place, Int32(XDF.boundary[0]), bytes.count - place) else {
                return nil
            }
            place = UnsafeRawPointer(hit) - base
            guard place + XDF.boundary.count <= bytes.count else { return nil }
            if memcmp(base + place, XDF.boundary, XDF.boundary.count) == 0 {
                return place + XDF.boundary.count
            }
            place += 1
        }
        return nil
    }
}

/// Where one chunk's content lies.
struct XDFChunkHeader {
    /// Nil for a kind that XDF 1.0 does not know.
    var tag: XDFTag?
    var content: Range<Int>

    /// Nil where no whole chunk begins.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        var cursor = XDFCursor(bytes, offset: offset)
        guard let length = cursor.variableLength(), length >= 2, length <= cursor.left,
            let code = cursor.integer(UInt16.self)
        else { return nil }
        tag = XDFTag(rawValue: code)
        content = cursor.offset..<cursor.offset + length - 2
    }
}
