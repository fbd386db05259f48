import CEDF

/// One data record as the file has it: the samples of each channel side by side, 16 bit for EDF+ and 24 bit for BDF+.
///
/// EDFlib writes such a block in one piece; of its functions that take 32-bit samples each sample goes alone.
struct EDFRecordBlock {
    let channels: Int
    /// Frames of a record.
    let samples: Int
    private let is24Bit: Bool
    /// What the greatest number of the file is.
    private let greatest: Double
    /// Digital steps per unit of the recorded value: the channels' factors, for as many frames as make an inner loop worth it.
    private let gains: [Double]
    /// Frame-major, shape `[samples, channels]`.
    private var numbers: [Int32]
    private var bytes: [UInt8]
    var byteCount: Int { bytes.count }

    /// - Parameter gains: digital steps per unit of the recorded value, of each channel.
    init(gains: [Double], samples: Int, is24Bit: Bool, greatest: Int32) {
        channels = gains.count
        self.samples = samples
        self.is24Bit = is24Bit
        self.greatest = Double(greatest)
        self.gains = Self.repeated(gains)
        numbers = [Int32](repeating: 0, count: samples * channels)
        bytes = [UInt8](repeating: 0, count: samples * channels * (is24Bit ? 3 : 2))
    }

    /// Takes the values of a record; frames that are missing at its end are zeros.
    /// - Parameter values: frame-major, at most ``samples`` frames.
    mutating func fill(_ values: borrowing [Float]) {
        let greatest = greatest
        let count = values.count
        values.withUnsafeBufferPointer { values in
            gains.withUnsafeBufferPointer { gains in
                numbers.withUnsafeMutableBufferPointer { numbers in
                    for start in stride(from: 0, to: count, by: gains.count) {
                        for index in 0..<min(gains.count, count - start) {
                            let value = Double(values[start &+ index]) * gains[index]
                            numbers[start &+ index] = Self.digital(value, most: greatest)
                        }
                    }
                    numbers[count...].update(repeating: 0)
                }
            }
        }
        if is24Bit { transpose24() } else { transpose16() }
    }

    /// - Returns: false when it could not be written.
    mutating func write(to handle: Int32) -> Bool {
        bytes.withUnsafeMutableBytes { bytes in
            if is24Bit { return edf_blockwrite_digital_3byte_samples(handle, bytes.baseAddress) == 0 }
            return edf_blockwrite_digital_short_samples(handle, bytes.assumingMemoryBound(to: Int16.self).baseAddress) == 0
        }
    }

    /// The nearest whole number in the range; halves go away from zero, and what is not finite is 0.
    ///
    /// Without a call, a branch or a trap, so that the compiler makes vectors of it.
    @inline(__always) static func digital(_ value: Double, most: Double) -> Int32 {
        let finite = value.magnitude < .infinity ? value.magnitude : 0
        let moved = (finite > most ? most : finite) + 0.5
        // 1.5 · 2⁵² leaves a double no place for a fraction, and its low bits are the whole number's.
        let shift = 6_755_399_441_055_744.0
        let nearest = (moved + shift) - shift
        let below = nearest - (nearest > moved ? 1 : 0)
        return Int32(truncatingIfNeeded: (Double(signOf: value, magnitudeOf: below) + shift).bitPattern)
    }

    /// The greatest magnitude of each channel in frame-major values, beside those known so far.
    struct Peaks {
        private let channels: Int
        private var peaks: [Float]

        init(channels: Int) {
            self.channels = channels
            peaks = EDFRecordBlock.repeated([Float](repeating: 0, count: channels))
        }

        mutating func take(_ values: borrowing [Float]) {
            let count = values.count
            values.withUnsafeBufferPointer { values in
                peaks.withUnsafeMutableBufferPointer { peaks in
                    for start in stride(from: 0, to: count, by: peaks.count) {
                        for index in 0..<min(peaks.count, count - start) {
                            let value = values[start &+ index].magnitude
                            peaks[index] = value > peaks[index] && value < .infinity ? value : peaks[index]
                        }
                    }
                }
            }
        }

        var ofChannels: [Double] {
            (0..<channels).map { channel in
                stride(from: channel, to: peaks.count, by: channels).reduce(0) { max($0, Double(peaks[$1])) }
            }
        }
    }

    private static func repeated<Value>(_ values: [Value]) -> [Value] {
        (0..<max(1, 256 / max(1, values.count))).flatMap { _ in values }
    }

    /// Frames that are turned at once: what is read of them stays in the first-level cache.
    private static let tile = 32

    private mutating func transpose16() {
        turn { bytes, place, number in
            bytes.storeBytes(of: Int16(truncatingIfNeeded: number).littleEndian, toByteOffset: place &* 2, as: Int16.self)
        }
    }

    private mutating func transpose24() {
        turn { bytes, place, number in
            let bits = UInt32(bitPattern: number)
            bytes[place &* 3] = UInt8(truncatingIfNeeded: bits)
            bytes[place &* 3 &+ 1] = UInt8(truncatingIfNeeded: bits >> 8)
            bytes[place &* 3 &+ 2] = UInt8(truncatingIfNeeded: bits >> 16)
        }
    }

    @inline(__always)
    private mutating func turn(_ store: (UnsafeMutableRawBufferPointer, Int, Int32) -> Void) {
        let (channels, samples) = (channels, samples)
        numbers.withUnsafeBufferPointer { numbers in
            bytes.withUnsafeMutableBytes { bytes in
                for first in stride(from: 0, to: samples, by: Self.tile) {
                    let end = min(first + Self.tile, samples)
                    for channel in 0..<channels {
                        for frame in first..<end {
                            store(bytes, channel &* samples &+ frame, numbers[frame &* channels &+ channel])
                        }
                    }
                }
            }
        }
    }
}
