import LinearAlgebra

/// Reads the envelope and the onsets of a sound from the EEG of its listener: a linear sum over channels and over the time after the sound,
/// found by ridge regression ("backward model", "stimulus reconstruction"). What it gives at a frame is of the sound ``delay`` frames before.
/// Nothing is allocated for a frame.
///
///     ŷ(t − delay) = b + Σ over channels c and l = 0, step … delay of w(c, l) x(c, t − l)
///
/// - Source: M. J. Crosse et al., Front. Hum. Neurosci. 10 (2016) 604.
public struct EnvelopeDecoder: Sendable, Equatable {
    /// What a front end's specification says of it.
    public struct Specification: Codable, Sendable, Equatable {
        /// Frames of EEG after the sound, and so the delay.
        public var delay = 24
        /// Frames from one value that is looked at to the next.
        public var step = 2
        /// λ, as a share of the mean square of the inputs.
        public var ridge = 0.03

        public init() {}

        /// Values of each channel.
        public var lags: Int { delay / step + 1 }

        var problem: String? {
            guard (0...200).contains(delay), (1...50).contains(step) else {
                return "an envelope decoder over \(delay) frames in steps of \(step)"
            }
            guard ridge > 0, ridge.isFinite else { return "an envelope decoder with a ridge of \(ridge); expected above 0" }
            return nil
        }
    }

    /// Envelope and onset.
    public static let outputs = 2
    public let specification: Specification
    public let channels: Int
    /// Shape `[2, channels · lags + 1]`, the constant last.
    public let weights: [Double]
    /// The last frames, as a ring.
    private var ring: [Double]
    private var newest = 0

    package init(_ specification: Specification, channels: Int, weights: [Double]) {
        (self.specification, self.channels, self.weights) = (specification, channels, weights)
        ring = [Double](repeating: 0, count: (specification.delay + 1) * channels)
    }

    /// Of one output.
    public static func inputs(_ specification: Specification, channels: Int) -> Int { specification.lags * channels + 1 }

    package mutating func restart() { for place in ring.indices { ring[place] = 0 } }

    /// Takes one frame: the value of a channel.
    package mutating func begin() { newest = (newest + 1) % (specification.delay + 1) }
    package mutating func take(_ value: Double, channel: Int) { ring[newest * channels + channel] = value }

    /// What the frames so far look like, channel after channel of one lag after the other.
    private func forEachInput(_ body: (Int, Double) -> Void) {
        let length = specification.delay + 1
        var place = 0
        for lag in 0..<specification.lags {
            let row = (newest + length - lag * specification.step) % length
            for channel in 0..<channels {
                body(place, ring[row * channels + channel])
                place += 1
            }
        }
    }

    /// - Parameter target: two values.
    package func set(_ target: UnsafeMutableBufferPointer<Double>) {
        let count = Self.inputs(specification, channels: channels)
        var (envelope, onset) = (weights[count - 1], weights[2 * count - 1])
        forEachInput { place, value in
            envelope += weights[place] * value
            onset += weights[count + place] * value
        }
        (target[0], target[1]) = (envelope, onset)
    }

    /// The weights with which utterances of a training are read best.
    /// - Parameter utterances: of each its EEG, shape `[frames, channels]`, and the sound of each of these frames, before the delay; frames
    ///   without a sound count as silence.
    package static func weights(
        _ specification: Specification, channels: Int, _ utterances: [(eeg: [Double], sound: SpeechEnvelope)]
    ) throws -> [Double] {
        let n = inputs(specification, channels: channels)
        var gram = Matrix<Double>(rows: n, columns: n)
        var products = Matrix<Double>(rows: n, columns: outputs)
        for utterance in utterances {
            var own = EnvelopeDecoder(specification, channels: channels, weights: [])
            let frames = utterance.eeg.count / channels
            var rows: [Double] = []
            var targets: [Double] = []
            for t in 0..<frames {
                own.begin()
                for channel in 0..<channels { own.take(utterance.eeg[t * channels + channel], channel: channel) }
                guard t >= specification.delay else { continue }
                own.forEachInput { _, value in rows.append(value) }
                rows.append(1)
                let place = t - specification.delay
                targets.append(place < utterance.sound.envelope.count ? Double(utterance.sound.envelope[place]) : 0)
                targets.append(place < utterance.sound.onset.count ? Double(utterance.sound.onset[place]) : 0)
            }
            guard !targets.isEmpty else { continue }
            let inputs = Matrix(rows: targets.count / outputs, columns: n, values: rows)
            let transposed = inputs.transposed
            let square = transposed.times(inputs)
            let product = transposed.times(Matrix(rows: targets.count / outputs, columns: outputs, values: targets))
            for k in square.values.indices { gram.values[k] += square.values[k] }
            for k in product.values.indices { products.values[k] += product.values[k] }
        }
        let trace = (0..<n - 1).reduce(0) { $0 + gram[$1, $1] } / Double(max(1, n - 1))
        for k in 0..<n - 1 { gram[k, k] += max(1e-9, specification.ridge * trace) }
        gram[n - 1, n - 1] += 1e-9
        let solved = try gram.choleskySolve(products)
        return (0..<outputs).flatMap { output in (0..<n).map { solved[$0, output] } }
    }
}
