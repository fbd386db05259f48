/// One data record as the file has it: the numbers of each channel side by side, then the annotations.
struct EDFRecordBlock {
    let channels: Int
    /// Frames of a record.
    let samples: Int
    private let is24Bit: Bool
    private let least: Double
    private let greatest: Double
    /// Steps per recorded unit and the number of 0, channel after channel, for as many frames as make an inner loop worth it.
    private let gains: [Double]
    private let shifts: [Double]
    private let isShifted: Bool
    /// Frame-major, shape `[samples, channels]`.
    private var numbers: [Int32]
    /// The numbers, then ``annotationBytes``.
    private var bytes: [UInt8]
    private let annotationBytes: Int
    var byteCount: Int { bytes.count }

    init(scales: [EDFScale], samples: Int, format: EDFFormat, annotationBytes: Int) {
        channels = scales.count
        self.samples = samples
        is24Bit = format.is24Bit
        least = Double(format.least)
        greatest = Double(format.greatest)
        gains = Self.repeated(scales.map(\.gain))
        shifts = Self.repeated(scales.map(\.shift))
        isShifted = scales.contains { $0.shift != 0 }
        numbers = [Int32](repeating: 0, count: samples * channels)
        self.annotationBytes = annotationBytes
        bytes = [UInt8](repeating: 0, count: samples * channels * format.sampleSize + annotationBytes)
    }

    /// Takes the values of a record; frames that are missing at its end are zeros.
    /// - Parameters:
    ///   - values: frame-major, at most ``samples`` frames.
    ///   - annotations: bytes of the annotation signal.
    mutating func fill(_ values: borrowing [Float], _ annotations: [UInt8]) {
        if isShifted { convert(values, isShifted: true) } else { convert(values, isShifted: false) }
        finish(annotations)
    }

    mutating func fill(_ values: borrowing [Double], _ annotations: [UInt8]) {
        if isShifted { convert(values, isShifted: true) } else { convert(values, isShifted: false) }
        finish(annotations)
    }

    @inline(__always)
    private mutating func convert<Number: EDFPieceNumber>(_ values: borrowing [Number], isShifted: Bool) {
        let (least, greatest) = (least, greatest)
        let count = values.count
        values.withUnsafeBufferPointer { values in
            gains.withUnsafeBufferPointer { gains in
                shifts.withUnsafeBufferPointer { shifts in
                    numbers.withUnsafeMutableBufferPointer { numbers in
                        for start in stride(from: 0, to: count, by: gains.count) {
                            for index in 0..<min(gains.count, count - start) {
                                let shift = isShifted ? shifts[index] : 0
                                numbers[start &+ index] = Self.digital(
                                    values[start &+ index].asDouble, gains[index], shift, least, greatest)
                            }
                        }
                        for place in count..<numbers.count {
                            let channel = place % channels
                            numbers[place] = Self.digital(0, gains[channel], shifts[channel], least, greatest)
                        }
                    }
                }
            }
        }
    }

    private mutating func finish(_ annotations: [UInt8]) {
        if is24Bit { transpose24() } else { transpose16() }
        bytes.replaceSubrange((bytes.count - annotationBytes)..., with: annotations)
    }

    func withBytes<Failure: Error>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        try bytes.withUnsafeBufferPointer { bytes throws(Failure) in try body(UnsafeRawBufferPointer(bytes)) }
    }

    /// The nearest whole number in the range; halves go away from zero, and what is not finite counts as 0.
    ///
    /// Without a call, a branch or a trap, so that the compiler makes vectors of it.
    @inline(__always)
    static func digital(_ value: Double, _ gain: Double, _ shift: Double, _ least: Double, _ greatest: Double) -> Int32 {
        let finite = value.magnitude < .infinity ? value : 0
        let moved = finite * gain + shift
        let above = moved < least ? least : moved
        let inside = above > greatest ? greatest : above
        let magnitude = inside.magnitude + 0.5
        // 1.5 · 2⁵² leaves a double no place for a fraction, and its low bits are the whole number's.
        let magic = 6_755_399_441_055_744.0
        let nearest = (magnitude + magic) - magic
        let below = nearest - (nearest > magnitude ? 1 : 0)
        return Int32(truncatingIfNeeded: (Double(signOf: inside, magnitudeOf: below) + magic).bitPattern)
    }

    private static func repeated(_ values: [Double]) -> [Double] {
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
