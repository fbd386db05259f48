import Protocols

extension FuzzTarget {
    /// Decrypted reports: whatever the bits are, what was read and written is read again.
    public static let emotiv = FuzzTarget(
        name: "emotiv",
        check: { bytes throws(FuzzFinding) in
            guard bytes.count >= EmotivReport.size else { return }
            let report = UnsafeRawBufferPointer(rebasing: bytes[..<EmotivReport.size])
            let first = EmotivContent(report)
            let again = EmotivReport.bytes(
                counter: first.counter, battery: max(report[0], 128), counts: first.counts, quality: first.quality?[1] ?? 0,
                gyroscope: first.gyroscope)
            try require(again.withUnsafeBytes { EmotivContent($0) } == first, "a report decoded and encoded again differs")
        },
        seeds: {
            [0, 15, 77, 128].map {
                EmotivReport.bytes(counter: $0, counts: (0..<14).map { 8000 + 31 * $0 }, quality: 540, gyroscope: [1700, 1650])
            }
        })
}

private struct EmotivContent: Equatable {
    var counter: Int
    var counts: [Int]
    var gyroscope: [Int]
    /// Electrode and value.
    var quality: [Int]?
    var battery: Double?

    init(_ report: UnsafeRawBufferPointer) {
        counter = Int(EmotivReport.counter(report))
        counts = EmotivReport.electrodes.indices.map { EmotivReport.count(report, electrode: $0) }
        gyroscope = (0..<2).map { EmotivReport.gyroscope(report, axis: $0) }
        quality = EmotivReport.quality(report).map { [$0.electrode, $0.value] }
        battery = EmotivReport.battery(report)
    }
}
