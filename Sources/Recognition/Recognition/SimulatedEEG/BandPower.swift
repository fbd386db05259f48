import LinearAlgebra

/// Mean square of a signal within a band of frequencies, from the periodogram of all of it.
enum BandPower {
    /// 1 … 15 Hz, in which EEG follows speech.
    static let band = 1.0...15.0

    /// The least even number from `count` on without prime factors beyond 5: a transform of that length is fast.
    static func length(atLeast count: Int) -> Int {
        var length = max(2, count + count % 2)
        while true {
            var rest = length
            for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
            if rest == 1 { return length }
            length += 2
        }
    }

    /// - Parameters:
    ///   - signal: shape `[samples, channels]`, as many samples as ``length(atLeast:)`` gives.
    ///   - rate: samples per second.
    /// - Returns: of each channel the sum of squares of the samples within the band.
    static func energies(_ signal: [Float], channels: Int, rate: Double) -> [Double] {
        let samples = signal.count / channels
        let transform = RealFFT(length: samples)
        var power = [Float](repeating: 0, count: transform.bins)
        return (0..<channels).map { channel in
            // Offsets are thousands of times the EEG, and would cost its digits.
            let sum = stride(from: channel, to: signal.count, by: channels).reduce(0.0) { $0 + Double(signal[$1]) }
            let mean = Float(sum / Double(samples))
            let own = stride(from: channel, to: signal.count, by: channels).map { signal[$0] - mean }
            own.withUnsafeBufferPointer { own in power.withUnsafeMutableBufferPointer { transform.setPower(of: own, into: $0) }
            }
            var energy = 0.0
            for k in 1..<transform.bins - 1 where band.contains(Double(k) * rate / Double(samples)) {
                energy += 2 * Double(power[k])
            }
            return energy / Double(samples)
        }
    }
}
