/// One frame of a FreeEEG32 board: 32 samples of 24 bits.
///
/// | byte | content |
/// |---|---|
/// | 0 | 0xA0 |
/// | 1 | counter, 0–255 |
/// | 2–97 | 32 samples, 24-bit two's complement, most significant byte first |
/// | 98 … | further bytes, their number and meaning depend on the firmware; not interpreted |
/// | last | 0xC0 |
///
/// - Source: BrainFlow 5.23, `board_controller/freeeeg` (scale, marks, smallest size). 105 bytes: the public client
///   freeeeg32js, which takes the six for an accelerometer; BrainFlow's emulator sends 106.
public enum FreeEEG32Frame {
    /// First byte of a frame.
    public static let header: UInt8 = 0xA0
    /// Last byte of a frame.
    public static let footer: UInt8 = 0xC0
    /// Samples of a frame.
    public static let channels = 32
    /// Bytes of a frame by default, with six further bytes.
    public static let size = 105
    /// Header, counter, samples and footer, without further bytes.
    public static let smallestSize = 2 + 3 * channels + 1
    /// Frames per second.
    public static let rate = 512.0
    /// 2.5 V reference, gain 8: volt per count is 2.5 / 8 / (2²³ − 1).
    public static let voltsPerCount = 2.5 / 8 / 8_388_607

    /// - Parameters:
    ///   - counter: of the frame; wraps after 255.
    ///   - counts: 32 values, clipped to 24 bits.
    ///   - size: bytes of the frame, at least ``smallestSize``; what is between samples and footer is zero.
    public static func bytes(counter: UInt8, counts: [Int], size: Int = FreeEEG32Frame.size) -> [UInt8] {
        precondition(counts.count == channels && size >= smallestSize, "a frame has 32 samples and its marks")
        var bytes = [header, counter]
        bytes.reserveCapacity(size)
        for count in counts { bytes += Int24.bytes(count) }
        bytes += [UInt8](repeating: 0, count: size - bytes.count - 1)
        return bytes + [footer]
    }

    /// Sample of one channel in counts, read in place.
    public static func count(_ frame: UnsafeRawBufferPointer, channel: Int) -> Int32 {
        Int24.bigEndian(frame, at: 2 + 3 * channel)
    }
}
