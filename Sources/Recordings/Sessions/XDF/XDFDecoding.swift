import Glibc

/// Where a chunk of samples lies: the chunk's own offset, and its bytes from the number of samples on.
struct XDFSamplesChunk {
    var offset: Int
    var start: Int
    var end: Int
    /// Room for so many samples is needed at most.
    var room = 0

    /// The number of samples that the chunk announces, and where they begin; at most as many as it has room for.
    func announced(_ bytes: UnsafeRawBufferPointer, rowSize: Int) -> (count: Int, start: Int)? {
        var cursor = XDFCursor(UnsafeRawBufferPointer(rebasing: bytes[..<end]), offset: start)
        guard let count = cursor.variableLength() else { return nil }
        return (min(count, cursor.left / (1 + rowSize)), cursor.offset)
    }

    /// Takes rows of texts out of the chunk, each with its stamp if it has one.
    /// - Returns: whether as many are there as the chunk says.
    func forEachText(_ bytes: UnsafeRawBufferPointer, channels: Int, _ body: (Double?, [String]) -> Void) -> Bool {
        var cursor = XDFCursor(UnsafeRawBufferPointer(rebasing: bytes[..<end]), offset: start)
        guard let count = cursor.variableLength() else { return false }
        for _ in 0..<count {
            var stamp: Double?
            switch cursor.integer(UInt8.self) {
            case 0: break
            case 8:
                guard let written = cursor.double() else { return false }
                stamp = written
            default: return false
            }
            var row: [String] = []
            for _ in 0..<channels {
                guard let length = cursor.variableLength(), let text = cursor.text(length) else { return false }
                row.append(text)
            }
            body(stamp, row)
        }
        return true
    }
}

extension XDFReader {
    /// Bytes after which pages are given back.
    static let releaseInterval = 4 << 20

    /// Second pass: decodes the chunks of one stream.
    mutating func decode(
        _ chunks: [XDFSamplesChunk], of position: Int, _ bytes: UnsafeRawBufferPointer, keepsValues: Bool,
        _ release: (Range<Int>) -> Void
    ) {
        if streams[position].format == .string { return decodeTexts(chunks, of: position, bytes, release) }
        let channels = streams[position].channels
        switch streams[position].format {
        case .float32:
            streams[position].values = .float32(numbers(chunks, position, bytes, keepsValues, release))
        case .double64:
            streams[position].values = .double64(numbers(chunks, position, bytes, keepsValues, release))
        case .int8: streams[position].values = .int8(numbers(chunks, position, bytes, keepsValues, release))
        case .int16: streams[position].values = .int16(numbers(chunks, position, bytes, keepsValues, release))
        case .int32: streams[position].values = .int32(numbers(chunks, position, bytes, keepsValues, release))
        case .int64: streams[position].values = .int64(numbers(chunks, position, bytes, keepsValues, release))
        case .string: break
        }
        precondition(!keepsValues || streams[position].values.count == streams[position].samples * channels)
    }

    private mutating func numbers<T: BitwiseCopyable>(
        _ chunks: [XDFSamplesChunk], _ position: Int, _ bytes: UnsafeRawBufferPointer, _ keepsValues: Bool,
        _ release: (Range<Int>) -> Void
    ) -> [T] {
        let channels = streams[position].channels
        let id = streams[position].id
        let rate = streams[position].nominalRate
        let total = chunks.reduce(0) { $0 + $1.room }
        var faults: [(offset: Int, text: String)] = []
        var values: [T] = []
        let stamps = [Double](unsafeUninitializedCapacity: total) { stamps, stampCount in
            values = [T](unsafeUninitializedCapacity: keepsValues ? total * channels : 0) {
                values, valueCount in
                var rows = XDFRows(
                    bytes: bytes, rowSize: channels * MemoryLayout<T>.size, period: rate > 0 ? 1 / rate : 0,
                    stamps: stamps,
                    values: keepsValues ? UnsafeMutableRawBufferPointer(values) : nil)
                var released = 0
                for chunk in chunks {
                    if let fault = rows.take(chunk) {
                        faults.append((chunk.offset, "a samples chunk of stream \(id) \(fault)"))
                    }
                    if chunk.end - released > Self.releaseInterval {
                        release(released..<chunk.end)
                        released = chunk.end
                    }
                }
                release(released..<bytes.count)
                stampCount = rows.count
                valueCount = keepsValues ? rows.count * channels : 0
            }
        }
        for fault in faults { note(fault.text, at: fault.offset) }
        streams[position].stamps = stamps
        return values
    }

    private mutating func decodeTexts(
        _ chunks: [XDFSamplesChunk], of position: Int, _ bytes: UnsafeRawBufferPointer, _ release: (Range<Int>) -> Void
    ) {
        var stream = streams[position]
        let period = stream.nominalRate > 0 ? 1 / stream.nominalRate : 0
        // Markers lie far apart: each brings pages of the file with it.
        var released = 0
        defer { release(released..<bytes.count) }
        for chunk in chunks {
            if chunk.start - released > Self.releaseInterval {
                release(released..<chunk.start)
                released = chunk.start
            }
            let isWhole = chunk.forEachText(bytes, channels: stream.channels) { stamp, row in
                stream.texts += row
                stream.stamps.append(stamp ?? (stream.stamps.last ?? 0) + period)
            }
            if !isWhole { note("a samples chunk of stream \(stream.id) is shorter than it says", at: chunk.offset) }
        }
        streams[position] = stream
    }
}

/// Takes rows of numbers out of chunks: a stamp or none, then the channels' values side by side.
struct XDFRows {
    let bytes: UnsafeRawBufferPointer
    /// Bytes of one sample's values.
    let rowSize: Int
    /// Seconds from one sample to the next; 0 for an irregular stream.
    let period: Double
    /// Nil when they are only counted.
    let stamps: UnsafeMutableBufferPointer<Double>?
    /// Nil when only stamps are wanted.
    let values: UnsafeMutableRawBufferPointer?
    private(set) var count = 0
    private(set) var first: Double?
    private(set) var last = 0.0

    /// - Parameter last: the stamp before the first row.
    init(
        bytes: UnsafeRawBufferPointer, rowSize: Int, period: Double, last: Double = 0,
        stamps: UnsafeMutableBufferPointer<Double>?,
        values: UnsafeMutableRawBufferPointer?
    ) {
        self.last = last
        self.bytes = bytes
        self.rowSize = rowSize
        self.period = period
        self.stamps = stamps
        self.values = values
    }

    /// - Returns: what is wrong with the chunk, if anything; the samples before that stay.
    mutating func take(_ chunk: XDFSamplesChunk) -> String? {
        guard let (count, start) = chunk.announced(bytes, rowSize: rowSize) else {
            return "has no number of samples"
        }
        let end: Int?
        // A copy whose length is known to the compiler is one instruction.
        switch rowSize {
        case 1:
            end = rows(count, start, chunk.end) {
                $0.storeBytes(of: $1.loadUnaligned(as: UInt8.self), as: UInt8.self)
            }
        case 2:
            end = rows(count, start, chunk.end) {
                $0.storeBytes(of: $1.loadUnaligned(as: UInt16.self), as: UInt16.self)
            }
        case 4:
            end = rows(count, start, chunk.end) {
                $0.storeBytes(of: $1.loadUnaligned(as: UInt32.self), as: UInt32.self)
            }
        case 8:
            end = rows(count, start, chunk.end) {
                $0.storeBytes(of: $1.loadUnaligned(as: UInt64.self), as: UInt64.self)
            }
        default:
            let size = rowSize
            end = rows(count, start, chunk.end) { memcpy($0, $1, size) }
        }
        guard let end else {
            return "is shorter than it says, or has a stamp that is neither 0 nor 8 bytes long"
        }
        var cursor = XDFCursor(bytes, offset: chunk.start)
        if cursor.variableLength() != count { return "is shorter than it says" }
        return end == chunk.end ? nil : "is longer than its samples"
    }

    /// - Returns: where the samples end; nil when the chunk ends before them.
    @inline(__always)
    private mutating func rows(
        _ announced: Int, _ start: Int, _ end: Int, copy: (UnsafeMutableRawPointer, UnsafeRawPointer) -> Void
    ) -> Int? {
        guard announced > 0, let base = bytes.baseAddress else { return start }
        var place = base + start
        let limit = base + end
        var last = self.last
        var count = self.count
        defer {
            self.last = last
            self.count = count
        }
        let target = values?.baseAddress
        let times = stamps?.baseAddress
        for _ in 0..<announced {
            guard limit - place > rowSize else { return nil }
            let stampSize = place.load(as: UInt8.self)
            if stampSize == 8 {
                guard limit - place >= 9 + rowSize else { return nil }
                last = Double(bitPattern: UInt64(littleEndian: (place + 1).loadUnaligned(as: UInt64.self)))
                place += 9
            } else if stampSize == 0 {
                last += period
                place += 1
            } else {
                return nil
            }
            if let times { times[count] = last }
            if count == 0 { first = last }
            if let target { copy(target + count * rowSize, place) }
            place += rowSize
            count += 1
        }
        return place - base
    }
}
