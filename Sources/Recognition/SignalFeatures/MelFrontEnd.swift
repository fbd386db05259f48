import Glibc
import LinearAlgebra

/// Speech features at 100 Hz from a running audio signal: 13 mel-frequency cepstral coefficients, their slopes and the
/// slopes' slopes.
///
/// Frame k is made from the 25 ms that begin at 10 ms · k, and comes out with the last of these samples. Slopes look back only
/// (regression over five frames), so the front end is causal. How the signal is cut into pieces does not matter, bit for
/// bit.
///
/// - Source: S. Davis, P. Mermelstein, IEEE Trans. ASSP 28 (1980) 357; regression slopes as in the HTK Book, section 5.9.
public final class MelFrontEnd {
    public static let cepstra = 13
    /// Values per frame: 13 coefficients, 13 slopes, 13 slopes of slopes.
    public static let features = 39
    public static let frameRate = 100.0
    private static let bands = 26
    private static let lowest = 60.0
    private static let highest = 3900.0
    /// Below this a band's energy is silence: white noise 60 dB under full scale gives about 5 · 10⁻⁴.
    private static let floor: Float = 1e-4

    public let rate: Int
    /// Samples of a frame and from one frame to the next.
    public let window: Int
    public let hop: Int
    private let fft: RealFFT
    private let hamming: [Float]
    private let filters: [(first: Int, weights: [Float])]
    private let cosines: [Float]
    private var samples: [Float] = []
    private var previous: Float = 0
    private var padded: [Float]
    private var power: [Float]
    private var logarithms = [Float](repeating: 0, count: MelFrontEnd.bands)
    /// The last five frames' coefficients, then slopes, oldest first.
    private var history: [[Float]]
    private var slopeHistory: [[Float]]
    private var frame = [Float](repeating: 0, count: MelFrontEnd.features)
    /// Frames that came out so far.
    public private(set) var frames = 0

    /// - Parameter rate: samples per second, at least 8000.
    public init(rate: Int) {
        precondition(rate >= 8000, "speech features need 8 kHz or more")
        self.rate = rate
        window = rate * 25 / 1000
        hop = rate / 100
        var length = 256
        while length < window { length *= 2 }
        fft = RealFFT(length: length)
        hamming = (0..<window).map { [window] in 0.54 - 0.46 * Float(cos(2 * Double.pi * Double($0) / Double(window - 1))) }
        filters = Self.filterBank(length: length, rate: Double(rate))
        cosines = (0..<Self.cepstra * Self.bands).map { index in
            let (k, m) = (index / Self.bands, index % Self.bands)
            let scale = (2 / Double(Self.bands)).squareRoot() * (k == 0 ? 0.5.squareRoot() : 1)
            return Float(scale * cos(Double.pi * Double(k) * (Double(m) + 0.5) / Double(Self.bands)))
        }
        padded = [Float](repeating: 0, count: length)
        power = [Float](repeating: 0, count: length / 2 + 1)
        history = [[Float]](repeating: [Float](repeating: 0, count: Self.cepstra), count: 5)
        slopeHistory = history
        samples.reserveCapacity(window * 64)
    }

    /// Takes samples and hands on each frame that they complete.
    /// - Parameter body: the 39 features, lent for the call, and the mean power of the frame's samples.
    public func feed(_ signal: UnsafeBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>, Float) -> Void) {
        for sample in signal {
            samples.append(sample)
            if samples.count == window {
                compute()
                let energy = samples.reduce(Float(0)) { $0 + $1 * $1 } / Float(window)
                frame.withUnsafeBufferPointer { body($0, energy) }
                frames += 1
                previous = samples[hop - 1]
                samples.removeFirst(hop)
            }
        }
    }

    /// Begins anew, as after a hole in the signal.
    public func reset() {
        samples.removeAll(keepingCapacity: true)
        previous = 0
        frames = 0
    }

    /// All frames of a whole signal, shape `[frames, 39]`, and their energies.
    public static func features(of signal: [Float], rate: Int) -> (features: [Float], energies: [Float]) {
        let frontEnd = MelFrontEnd(rate: rate)
        var features: [Float] = []
        var energies: [Float] = []
        signal.withUnsafeBufferPointer { signal in
            frontEnd.feed(signal) { frame, energy in
                features += frame
                energies.append(energy)
            }
        }
        return (features, energies)
    }

    private func compute() {
        var last = previous
        for i in 0..<window {
            padded[i] = (samples[i] - 0.97 * last) * hamming[i]
            last = samples[i]
        }
        padded.withUnsafeBufferPointer { signal in
            power.withUnsafeMutableBufferPointer { fft.setPower(of: signal, into: $0) }
        }
        for (band, filter) in filters.enumerated() {
            var sum = Self.floor
            for (offset, weight) in filter.weights.enumerated() { sum += weight * power[filter.first + offset] }
            logarithms[band] = logf(sum)
        }
        for k in 0..<Self.cepstra {
            var sum: Float = 0
            for m in 0..<Self.bands { sum += cosines[k * Self.bands + m] * logarithms[m] }
            frame[k] = sum
        }
        push(&history, from: 0)
        setSlopes(of: history, at: Self.cepstra)
        push(&slopeHistory, from: Self.cepstra)
        setSlopes(of: slopeHistory, at: 2 * Self.cepstra)
    }

    /// Moves the history on by the 13 values of the frame that begin at `start`; the first frame fills it.
    private func push(_ history: inout [[Float]], from start: Int) {
        if frames == 0 {
            for row in 0..<5 { for k in 0..<Self.cepstra { history[row][k] = frame[start + k] } }
            return
        }
        let oldest = history.removeFirst()
        history.append(oldest)
        for k in 0..<Self.cepstra { history[4][k] = frame[start + k] }
    }

    /// Σ n · c(t + n) / Σ n² over n = −2 … 2, around the frame before the last two.
    private func setSlopes(of history: [[Float]], at start: Int) {
        for k in 0..<Self.cepstra {
            let sum = 2 * (history[4][k] - history[0][k]) + history[3][k] - history[1][k]
            frame[start + k] = sum / 10
        }
    }

    /// Triangles of equal width on the mel scale, mel(f) = 2595 log₁₀(1 + f / 700).
    private static func filterBank(length: Int, rate: Double) -> [(first: Int, weights: [Float])] {
        let mel = { (f: Double) in 2595 * log10(1 + f / 700) }
        let low = mel(lowest)
        let step = (mel(highest) - low) / Double(bands + 1)
        return (0..<bands).map { band in
            let left = low + step * Double(band)
            let weights = (0...length / 2).map { bin -> Float in
                let x = (mel(Double(bin) * rate / Double(length)) - left) / step
                return Float(max(0, x < 1 ? x : 2 - x))
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? 0
            return (first, Array(weights[first...max(first, last)]))
        }
    }
}
