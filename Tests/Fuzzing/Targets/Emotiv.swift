import Protocols

extension FuzzTarget {
    /// The first 16 bytes are a key, each further 32 a report.
    public static let emotiv = FuzzTarget(
        name: "emotiv",
        check: { bytes throws(FuzzFinding) in
            guard bytes.count >= 16, let key = EmotivKey(bytes: Array(bytes.prefix(16))),
                let encrypt = EmotivCipher(key, .encrypt), let decrypt = EmotivCipher(key, .decrypt)
            else { return }
            for start in stride(from: 16, to: bytes.count - EmotivReport.size + 1, by: EmotivReport.size) {
                let report = Array(bytes[start..<start + EmotivReport.size])
                let meaning = EmotivMeaning(report)
                // Bits without a meaning are not kept.
                let again = EmotivMeaning(meaning.bytes)
                try require(again == meaning, "a report decoded and encoded again differs: \(report) became \(meaning.bytes)")
                var turned = report
                let isDone = turned.withUnsafeMutableBytes { encrypt.apply($0) && decrypt.apply($0) }
                try require(isDone && turned == report, "a report encrypted and decrypted differs: \(report) became \(turned)")
            }
        },
        seeds: {
            let key = (0..<16).map { UInt8($0 * 11) }
            let reports = [0, 64, 77, 127, 128].map { counter in
                EmotivReport.bytes(
                    counter: counter, counts: (0..<14).map { $0 * 1170 + counter }, quality: 540, gyroscope: [1652, counter])
            }
            return [key, key + reports[0], key + reports.flatMap(\.self), key + reports[4].dropLast()]
        })
}

/// Everything that a report says.
private struct EmotivMeaning: Equatable {
    private var first: UInt8
    private var counts: [Int]
    private var quality: Int
    private var electrode: Int?
    private var gyroscope: [Int]

    init(_ report: [UInt8]) {
        first = report[0]
        (counts, quality, electrode, gyroscope) = report.withUnsafeBytes { raw in
            let quality = EmotivReport.quality(raw)
            return (
                EmotivReport.electrodes.indices.map { EmotivReport.count(raw, electrode: $0) }, quality?.value ?? 0,
                quality?.electrode, (0..<2).map { EmotivReport.gyroscope(raw, axis: $0) }
            )
        }
    }

    var bytes: [UInt8] {
        EmotivReport.bytes(
            counter: Int(min(first, 128)), battery: max(first, 128), counts: counts, quality: quality, gyroscope: gyroscope)
    }
}
