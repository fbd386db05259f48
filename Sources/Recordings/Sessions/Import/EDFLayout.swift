/// Where the samples of each signal lie in an EDF or BDF file.
///
/// - Source: B. Kemp et al., "A simple format for exchange of digitized polygraphic recordings", Electroenceph. Clin.
///   Neurophysiol. 82 (1992) 391; BioSemi's BDF has 24 instead of 16 bits.
struct EDFLayout {
    private let file: MappedFile
    private let path: String
    private let size: Int
    private let records: Int
    private let headerSize: Int
    private let recordSize: Int
    /// First sample within a record and samples per record, for each signal that is no annotation.
    private let signals: [(first: Int, count: Int)]

    init(_ path: String, records: Int) throws(SessionError) {
        file = try MappedFile(path: path)
        self.path = path
        self.records = records
        let header = try file.withBytes { bytes throws(SessionError) in try Self.header(bytes, path) }
        (size, headerSize, recordSize, signals) = header
        guard records >= 0, records <= (file.count - headerSize) / recordSize else {
            throw SessionError(
                path: path,
                reason: .damaged(offset: file.count, expected: "\(records) records of \(recordSize) bytes", found: "the end"))
        }
    }

    static func header(
        _ bytes: UnsafeRawBufferPointer, _ path: String
    ) throws(SessionError) -> (size: Int, headerSize: Int, recordSize: Int, signals: [(first: Int, count: Int)]) {
        func number(_ offset: Int, _ length: Int) -> Int? {
            guard offset + length <= bytes.count else { return nil }
            let text = String(decoding: bytes[offset..<offset + length], as: UTF8.self)
            return Int(text.split(separator: " ").first ?? "")
        }
        let size = bytes.first == 0xFF ? 3 : 2
        guard let total = number(252, 4), total > 0, total < 10_000, bytes.count >= (total + 1) * 256 else {
            throw SessionError(
                path: path, reason: .damaged(offset: 252, expected: "a number of signals", found: "something else"))
        }
        var signals: [(first: Int, count: Int)] = []
        var first = 0
        for signal in 0..<total {
            guard let count = number(256 + total * 216 + signal * 8, 8), count > 0, count < 1 << 24 else {
                throw SessionError(
                    path: path,
                    reason: .damaged(
                        offset: 256 + total * 216 + signal * 8, expected: "samples per record", found: "something else"))
            }
            let label = String(decoding: bytes[256 + signal * 16..<272 + signal * 16], as: UTF8.self)
            if !label.hasPrefix("EDF Annotations"), !label.hasPrefix("BDF Annotations") { signals.append((first, count)) }
            first += count
        }
        return (size, (total + 1) * 256, first * size, signals)
    }

    /// Digital values of one signal.
    func samples(of index: Int) throws(SessionError) -> [Int32] {
        guard signals.indices.contains(index) else {
            throw SessionError(path: path, reason: .unsupported("signal \(index + 1) is not where the header says"))
        }
        let signal = signals[index]
        return file.withBytes { samples(signal, $0) }
    }

    private func samples(_ signal: (first: Int, count: Int), _ bytes: UnsafeRawBufferPointer) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(records * signal.count)
        for record in 0..<records {
            var place = headerSize + record * recordSize + signal.first * size
            for _ in 0..<signal.count {
                let low = Int32(bytes[place])
                if size == 2 {
                    result.append(low | Int32(Int8(bitPattern: bytes[place + 1])) << 8)
                } else {
                    let high = Int32(Int8(bitPattern: bytes[place + 2])) << 16
                    result.append(low | Int32(bytes[place + 1]) << 8 | high)
                }
                place += size
            }
        }
        return result
    }
}
