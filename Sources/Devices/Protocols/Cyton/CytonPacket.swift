/// One packet of an OpenBCI Cyton: 33 bytes, eight 24-bit samples and six auxiliary bytes.
///
/// | byte | content |
/// |---|---|
/// | 0 | 0xA0 |
/// | 1 | counter, 0–255 |
/// | 2–25 | eight samples, 24-bit two's complement, most significant byte first |
/// | 26–31 | auxiliary bytes, their meaning is in the footer |
/// | 32 | footer, 0xC0–0xC6 |
///
/// - Source: OpenBCI documentation, "Cyton Data Format".
public struct CytonPacket: Equatable, Sendable {
    /// Bytes of a packet.
    public static let size = 33
    /// First byte of a packet.
    public static let header: UInt8 = 0xA0
    /// Samples of a packet.
    public static let channels = 8

    /// What the six auxiliary bytes hold.
    public enum Footer: UInt8, Sendable, CaseIterable {
        case accelerometer = 0xC0
        case rawAuxiliary = 0xC1
        case userDefined = 0xC2
        case accelerometerTimeSet = 0xC3
        case accelerometerTimeSynced = 0xC4
        case rawAuxiliaryTimeSet = 0xC5
        case rawAuxiliaryTimeSynced = 0xC6
    }

    /// Counts packets, 0–255.
    public var counter: UInt8
    /// Eight samples in counts, −2²³ … 2²³ − 1.
    public var counts: [Int32]
    /// Six bytes; ``footer`` says what they are.
    public var auxiliary: [UInt8]
    public var footer: Footer

    public init(
        counter: UInt8, counts: [Int32], auxiliary: [UInt8] = [0, 0, 0, 0, 0, 0],
        footer: Footer = .accelerometer
    ) {
        precondition(
            counts.count == Self.channels && auxiliary.count == 6,
            "a packet has 8 samples and 6 auxiliary bytes")
        self.counter = counter
        self.counts = counts
        self.auxiliary = auxiliary
        self.footer = footer
    }

    /// - Parameter bytes: 33 bytes with a valid header and footer, as ``CytonPacketParser`` gives them.
    public init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.size, "a packet has 33 bytes")
        counter = bytes[1]
        counts = (0..<Self.channels).map { Self.count(bytes, channel: $0) }
        auxiliary = Array(bytes[26..<32])
        footer = Footer(rawValue: bytes[32]) ?? .accelerometer
    }

    /// As the board sends it; counts beyond 24 bits are clipped.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.header, counter]
        bytes.reserveCapacity(Self.size)
        for count in counts {
            let clipped = UInt32(bitPattern: min(max(count, -0x80_0000), 0x7F_FFFF))
            bytes += [UInt8(clipped >> 16 & 0xFF), UInt8(clipped >> 8 & 0xFF), UInt8(clipped & 0xFF)]
        }
        return bytes + auxiliary + [footer.rawValue]
    }

    /// Sample of one channel in counts, read in place: for the real-time path.
    public static func count(_ packet: UnsafeRawBufferPointer, channel: Int) -> Int32 {
        Int24.bigEndian(packet, at: 2 + 3 * channel)
    }

    /// One of the three 16-bit auxiliary words (footers 0xC0 and 0xC1: acceleration or analog pins), read in place.
    public static func auxiliary(_ packet: UnsafeRawBufferPointer, word: Int) -> Int16 {
        let start = 26 + 2 * word
        return Int16(bitPattern: UInt16(packet[start]) << 8 | UInt16(packet[start + 1]))
    }

    /// The board's clock in milliseconds (footers 0xC3–0xC6), read in place.
    public static func boardMilliseconds(_ packet: UnsafeRawBufferPointer) -> UInt32 {
        (28..<32).reduce(0) { $0 << 8 | UInt32(packet[$1]) }
    }

    /// With time stamps the one 16-bit word left carries x, y and z in turn, in packets whose counter ends with 7, 8 and 9.
    ///
    /// - Source: OpenBCI's 32-bit firmware library, documentation of `sendTimeWithAccelSerial`.
    public static func stampedAxis(counter: UInt8) -> Int? {
        let place = Int(counter % 10) - 7
        return place >= 0 ? place : nil
    }
}

extension CytonPacket.Footer {
    /// Whether the auxiliary bytes hold the board's clock.
    public var hasTime: Bool { rawValue >= Self.accelerometerTimeSet.rawValue }

    /// Whether the auxiliary bytes are acceleration, with or without time.
    public var isAcceleration: Bool {
        self == .accelerometer || self == .accelerometerTimeSet || self == .accelerometerTimeSynced
    }
}

/// Factors from a Cyton's counts to units.
public enum CytonScale {
    /// Gains that the ADS1299 has, in the order of their setting digits 0–6.
    public static let gains = [1, 2, 4, 6, 8, 12, 24]

    /// Volt per count of an EEG channel: 4.5 V / gain / (2²³ − 1).
    ///
    /// - Source: Texas Instruments, ADS1299 data sheet, section 9.5.1; reference voltage 4.5 V on the Cyton.
    public static func voltsPerCount(gain: Int) -> Double { 4.5 / Double(gain) / 8_388_607 }

    /// Standard gravity per count: 0.002 g / 2⁴ (LIS3DH at ±4 g).
    public static let gravityPerCount = 0.002 / 16
}
