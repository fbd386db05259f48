/// The numbers of an EDF or BDF file.
extension EDFReader {
    /// Frames that are turned at once: what is written of them stays in the cache.
    private static let tile = 64

    /// Physical values of signals that have equally many numbers in a record.
    ///
    /// Numbers outside the header's digital range, which real files have, are not clipped.
    /// - Returns: frame-major, shape `[records · samples, signals]`.
    func values(of signals: [Int]) -> [Double] {
        guard let samples = signals.first.map({ header.signals[$0].samples }) else { return [] }
        let scales = signals.map { (gain: header.signals[$0].gain, offset: header.signals[$0].offset) }
        let offsets = signals.map { header.offset(of: $0) }
        let (size, recordSize) = (header.format.sampleSize, header.recordSize)
        let channels = signals.count
        return [Double](unsafeUninitializedCapacity: records * samples * channels) { values, count in
            file.withBytes { bytes in
                guard let base = bytes.baseAddress, var target = values.baseAddress else { return }
                var released = 0
                for record in 0..<records {
                    let place = header.size + record * recordSize
                    for first in stride(from: 0, to: samples, by: Self.tile) {
                        let frames = min(Self.tile, samples - first)
                        for channel in 0..<channels {
                            let source = base + (place + offsets[channel] + first * size)
                            let (gain, offset) = scales[channel]
                            if size == 2 {
                                Self.convert16(source, frames, gain, offset, target + channel, channels)
                            } else {
                                Self.convert24(source, frames, gain, offset, target + channel, channels)
                            }
                        }
                        target += frames * channels
                    }
                    if place - released > Self.releaseInterval {
                        file.release(released..<place)
                        released = place
                    }
                }
            }
            count = records * samples * channels
        }
    }

    @inline(__always)
    private static func convert16(
        _ source: UnsafeRawPointer, _ frames: Int, _ gain: Double, _ offset: Double, _ target: UnsafeMutablePointer<Double>,
        _ stride: Int
    ) {
        for frame in 0..<frames {
            let number = Int16(littleEndian: source.loadUnaligned(fromByteOffset: frame &* 2, as: Int16.self))
            target[frame &* stride] = Double(number) * gain + offset
        }
    }

    @inline(__always)
    private static func convert24(
        _ source: UnsafeRawPointer, _ frames: Int, _ gain: Double, _ offset: Double, _ target: UnsafeMutablePointer<Double>,
        _ stride: Int
    ) {
        for frame in 0..<frames { target[frame &* stride] = Double(number24(source + frame &* 3)) * gain + offset }
    }

    @inline(__always)
    private static func number24(_ source: UnsafeRawPointer) -> Int32 {
        let low = UInt32(UInt16(littleEndian: source.loadUnaligned(as: UInt16.self)))
        let high = UInt32(source.load(fromByteOffset: 2, as: UInt8.self))
        return Int32(bitPattern: (low | high << 16) << 8) >> 8
    }

    /// Calls `body` with each number of one signal, in their order, until it returns false.
    func forEachNumber(of signal: Int, _ body: (_ frame: Int, _ number: Int32) -> Bool) {
        let (samples, size) = (header.signals[signal].samples, header.format.sampleSize)
        file.withBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let first = header.size + header.offset(of: signal)
            for record in 0..<records {
                let source = base + (first + record * header.recordSize)
                for sample in 0..<samples {
                    let place = source + sample * size
                    let number =
                        size == 2 ? Int32(Int16(littleEndian: place.loadUnaligned(as: Int16.self))) : Self.number24(place)
                    guard body(record * samples + sample, number) else { return }
                }
            }
        }
    }
}
