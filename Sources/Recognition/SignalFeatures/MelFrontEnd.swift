import Glibc
import LinearAlgebra

/// Speech features at 100 Hz from a running audio signal: 13 mel-frequency cepstral coefficients, their slopes and the
/// slopes' slopes; or the logarithms of the bands that they are made of (``MelOptions/Output``).
///
/// Frame k is made from the 25 ms that begin at 10 ms · k, and comes out with the last of these samples. Slopes look back only
/// (regression over five frames), so the front end is causal. How the signal is cut into pieces does not matter, bit for
/// bit.
///
/// - Source: S. Davis, P. Mermelstein, IEEE Trans. ASSP 28 (1980) 357; regression slopes as in the HTK Book, section 5.9.
public final class MelFrontEnd {
    /// Coefficients of a frame, the zeroth included.
    public static let cepstra = 13
    /// Values per frame of cepstra: 13 coefficients, 13 slopes, 13 slopes of slopes.
    public static let features = 39
    /// Frames per second.
    public static let frameRate = 100.0

    /// Samples per second of the audio.
    public let rate: Int
    public let options: MelOptions
    /// Samples of a frame and from one frame to the next.
    public let window: Int
    public let hop: Int
    private let fft: RealFFT
    private let taper: [Float]
    private let filters: MelFilterBank
    private let cosines: [Float]
    private let lifter: [Float]
    private var samples: [Float] = []
    private var previous: Float = 0
    private var padded: [Float]
    private var power: [Float]
    private var logarithms: [Float]
    /// The last five frames' coefficients, then slopes, oldest first.
    private var history: [[Float]]
    private var slopeHistory: [[Float]]
    private var frame: [Float]
    /// Frames that came out so far.
    public private(set) var frames = 0

    /// - Parameters:
    ///   - rate: samples per second, at least 8000.
    ///   - options: what the recognisers use unless others are given.
    public init(rate: Int, options: MelOptions = .words) {
        precondition(rate >= 8000, "speech features need 8 kHz or more")
        precondition(options.bands >= Self.cepstra && options.warp > 0, "as many bands as coefficients at least")
        self.rate = rate
        self.options = options
        window = rate * 25 / 1000
        hop = rate / 100
        var length = 256
        while length < window { length *= 2 }
        fft = RealFFT(length: length)
        taper = (0..<window).map { [window] in
            options.window == .rectangular ? 1 : 0.54 - 0.46 * Float(cos(2 * Double.pi * Double($0) / Double(window - 1)))
        }
        filters = MelFilterBank(options, length: length, rate: rate)
        cosines = (0..<Self.cepstra * options.bands).map { index in
            let (k, m) = (index / options.bands, index % options.bands)
            let scale = (2 / Double(options.bands)).squareRoot() * (k == 0 ? 0.5.squareRoot() : 1)
            return Float(scale * cos(Double.pi * Double(k) * (Double(m) + 0.5) / Double(options.bands)))
        }
        lifter = (0..<Self.cepstra).map { k in
            let length = Double(options.lifter)
            return length > 0 ? Float(1 + length / 2 * sin(Double.pi * Double(k) / length)) : 1
        }
        logarithms = [Float](repeating: 0, count: options.bands)
        frame = [Float](repeating: 0, count: options.features)
        padded = [Float](repeating: 0, count: length)
        power = [Float](repeating: 0, count: length / 2 + 1)
        history = [[Float]](repeating: [Float](repeating: 0, count: Self.cepstra), count: 5)
        slopeHistory = history
        samples.reserveCapacity(window * 64)
    }

    /// Takes samples and hands on each frame that they complete.
    /// - Parameters:
    ///   - signal: samples of one channel, relative to full scale.
    ///   - body: the features, lent for the call, and the mean power of the frame's samples.
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

    /// Starts over, as after a hole in the signal.
    public func reset() {
        samples.removeAll(keepingCapacity: true)
        previous = 0
        frames = 0
    }

    /// All frames of a whole signal, shape `[frames, features]`, and their energies.
    public static func features(
        of signal: [Float], rate: Int, options: MelOptions = .words
    ) -> (features: [Float], energies: [Float]) {
        let frontEnd = MelFrontEnd(rate: rate, options: options)
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
            padded[i] = (samples[i] - options.preEmphasis * last) * taper[i]
            last = samples[i]
        }
        padded.withUnsafeBufferPointer { signal in
            power.withUnsafeMutableBufferPointer { fft.setPower(of: signal, into: $0) }
        }
        guard options.output == .cepstra else { return filters.setLogarithms(of: power, into: &frame) }
        filters.setLogarithms(of: power, into: &logarithms)
        for k in 0..<Self.cepstra {
            var sum: Float = 0
            for m in 0..<options.bands { sum += cosines[k * options.bands + m] * logarithms[m] }
            frame[k] = options.lifter > 0 ? lifter[k] * sum : sum
        }
        if options.firstIsEnergy { frame[0] = filters.logEnergy(of: power) }
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
}
