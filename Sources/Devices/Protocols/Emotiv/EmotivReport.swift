/// One input report of an Emotiv EPOC dongle, decrypted: 32 bytes with one sample of each electrode.
///
/// Bits are numbered from the first byte's most significant one:
///
/// | bits | content |
/// |---|---|
/// | 0–7 | counter 0–127; or, in its place 128, the battery's level: 128 and more |
/// | 8–105 | F3, FC5, AF3, F7, T7, P7, O1: 14 bits each |
/// | 107–120 | contact quality of one electrode, by the counter |
/// | 134–231 | O2, P8, T8, F8, AF4, FC6, F4: 14 bits each |
/// | 232–255 | gyroscope: upper 8 bits of x, of y, lower 4 bits of x, of y |
///
/// - Source: openyou/emokit, doc/emotiv_protocol.asciidoc (layout, counter, battery, quality); nh2/hemokit, src/Hemokit.hs (lower
///   bits of the gyroscope). `firmware-protocols/emotiv/README.md` says what was compared with a recording.
public enum EmotivReport {
    /// Bytes of a report.
    public static let size = 32
    /// Reports, and samples of each electrode, per second.
    public static let rate = 128.0
    /// In the order in which they stand in a report.
    public static let electrodes = [
        "F3", "FC5", "AF3", "F7", "T7", "P7", "O1", "O2", "P8", "T8", "F8", "AF4", "FC6", "F4",
    ]
    /// 1 LSB = 0.51 µV (Emotiv, EPOC user manual, technical specifications).
    public static let voltsPerCount = 0.51e-6
    /// The count of no voltage: the middle of the converter's 14 bits.
    public static let zeroCount = 8192
    /// Values that the counter takes: 0–127, then the battery's turn.
    public static let counterValues: UInt64 = 129

    /// - Returns: 0–128, where 128 is the report with the battery's level.
    public static func counter(_ report: UnsafeRawBufferPointer) -> UInt64 { UInt64(min(report[0], 128)) }

    /// Sample of one electrode in counts, 0–16,383.
    public static func count(_ report: UnsafeRawBufferPointer, electrode: Int) -> Int {
        bits(report, at: firstBit(electrode), count: 14)
    }

    /// Turn rate about the vertical (0) or the lateral (1) axis, 0–4,095; where it rests differs from headset to headset.
    public static func gyroscope(_ report: UnsafeRawBufferPointer, axis: Int) -> Int {
        Int(report[29 + axis]) << 4 | Int(axis == 0 ? report[31] >> 4 : report[31] & 0x0F)
    }

    /// Amplitude of the calibration signal at one electrode, about 0 for none and 540 for a good contact.
    /// - Returns: nil in reports that name no electrode.
    public static func quality(_ report: UnsafeRawBufferPointer) -> (electrode: Int, value: Int)? {
        guard report[0] < 128, let electrode = qualityElectrode(counter: Int(report[0])) else { return nil }
        return (electrode, bits(report, at: 107, count: 14))
    }

    /// The battery's level in percent; nil in reports that carry a counter.
    public static func battery(_ report: UnsafeRawBufferPointer) -> Double? {
        guard report[0] >= 128 else { return nil }
        let level = Int(report[0]) - 225
        return level < 0 ? 0 : level < batteryPercent.count ? batteryPercent[level] : 100
    }

    /// - Parameters:
    ///   - counter: 0–128; at 128 the battery's byte stands in its place.
    ///   - battery: the byte that the battery's report begins with, 128–255.
    ///   - counts: 14 values, clipped to 14 bits.
    ///   - quality: in reports that name an electrode, clipped to 14 bits.
    ///   - gyroscope: two values, clipped to 12 bits.
    public static func bytes(
        counter: Int, battery: UInt8 = 0xF7, counts: [Int], quality: Int = 0, gyroscope: [Int]
    ) -> [UInt8] {
        precondition(
            (0...128).contains(counter) && battery >= 128 && counts.count == electrodes.count && gyroscope.count == 2,
            "a report has a counter or a battery level, 14 samples and two turn rates")
        var bytes = [UInt8](repeating: 0, count: size)
        bytes[0] = counter == 128 ? battery : UInt8(counter)
        for (electrode, count) in counts.enumerated() { put(count, at: firstBit(electrode), count: 14, &bytes) }
        if counter < 128, qualityElectrode(counter: counter) != nil { put(quality, at: 107, count: 14, &bytes) }
        for axis in 0..<2 {
            let value = min(max(gyroscope[axis], 0), 4095)
            put(value >> 4, at: 232 + 8 * axis, count: 8, &bytes)
            put(value & 0x0F, at: 248 + 4 * axis, count: 4, &bytes)
        }
        return bytes
    }

    /// Percent of the levels 225–247.
    private static let batteryPercent = [
        0, 0.42, 0.88, 1.42, 2.05, 2.80, 3.63, 5.08, 12.37, 20.43, 32.34, 45.93, 55.37, 61.92, 66.59, 71.54, 76.77, 81.89,
        85.23,
        89.45, 93.40, 97.02, 99.93,
    ]

    private static func firstBit(_ electrode: Int) -> Int { electrode < 7 ? 8 + 14 * electrode : 134 + 14 * (electrode - 7) }

    /// The first 16 reports of each 64 go through the electrodes; from 76 on F4, F8, AF4 and FC6 take turns.
    private static func qualityElectrode(counter: Int) -> Int? {
        switch counter {
        case 0...13: counter
        case 64...77: counter - 64
        case 14, 78: 10
        case 15, 79: 11
        case 80...127: [12, 13, 10, 11][counter % 4]
        default: nil
        }
    }

    private static func bits(_ bytes: UnsafeRawBufferPointer, at first: Int, count: Int) -> Int {
        var word = 0
        // Fourteen bits lie in three bytes at most.
        for byte in first / 8..<first / 8 + 3 { word = word << 8 | Int(bytes[byte]) }
        return word >> (24 - first % 8 - count) & (1 << count - 1)
    }

    private static func put(_ value: Int, at first: Int, count: Int, _ bytes: inout [UInt8]) {
        let value = min(max(value, 0), 1 << count - 1)
        for bit in 0..<count where value >> (count - 1 - bit) & 1 != 0 {
            bytes[(first + bit) / 8] |= 0x80 >> UInt8((first + bit) % 8)
        }
    }
}
