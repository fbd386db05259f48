public import Failures

/// What a front end for EEG learnt from its training data, beside its specification.
public struct EEGFrontEndFit: Sendable, Equatable {
    /// Coefficients of the auxiliary channels, shape `[auxiliary, feature channels]`; empty for none.
    public let regression: [Double]
    /// Of the features, shape `[kernel features]`.
    public let mean: [Double]
    /// Standard deviations, above 0.
    public let deviation: [Double]
    /// nil where the specification asks for no components.
    public let kernel: KernelPCA?
    /// Weights of the envelope decoder; empty where the specification asks for none, and before it is fitted.
    public let decoder: [Double]

    /// Training data that nothing can be learnt from.
    public struct FitError: Failure, Equatable {
        public var problem: String
        public var kind: FailureKind { .badInput }
        public var description: String { "the EEG front end: \(problem)" }
    }

    package init(
        regression: [Double], mean: [Double], deviation: [Double], kernel: KernelPCA?, decoder: [Double] = []
    ) {
        (self.regression, self.mean, self.deviation, self.kernel) = (regression, mean, deviation, kernel)
        self.decoder = decoder
    }

    /// With an envelope decoder that is fitted to utterances of the training.
    /// - Parameter utterances: of each its rows, shape `[frames, rawFeatures]`, and the sound of these frames.
    /// - Throws: ``FitError``.
    package func fittingDecoder(
        _ specification: EEGFrontEndSpecification, _ utterances: [(rows: [Float], sound: SpeechEnvelope)]
    ) throws(FitError) -> EEGFrontEndFit {
        guard let decoder = specification.decoder else { return self }
        let (raw, width) = (specification.rawFeatures, specification.kernelFeatures)
        let channels = specification.featureChannels.count
        let inputs = utterances.map { utterance in
            let frames = utterance.rows.count / raw
            let eeg = (0..<frames * channels).map { place -> Double in
                let (row, channel) = (place / channels * raw, place % channels)
                let k = channel * WindowFeatures.count + WindowFeatures.meanPlace
                return utterance.rows[row + width + channel] != 0
                    ? 0 : Self.standardised(utterance.rows[row + k], mean[k], deviation[k], specification.largest)
            }
            return (eeg: eeg, sound: utterance.sound)
        }
        do {
            let weights = try EnvelopeDecoder.weights(decoder, channels: channels, inputs)
            return EEGFrontEndFit(regression: regression, mean: mean, deviation: deviation, kernel: kernel, decoder: weights)
        } catch {
            throw FitError(problem: "envelope decoder: \(error)")
        }
    }

    /// Rows of the Nyström method, at most.
    private static let most = 20_000

    /// - Parameters:
    ///   - rows: of the training data only, shape `[frames, rawFeatures]`, as ``EEGWindowFrontEnd`` makes them. What is masked is left out of
    ///     means and deviations, and stands at the mean.
    ///   - regression: with which they were made.
    /// - Throws: ``FitError``.
    public init(_ specification: EEGFrontEndSpecification, rows: [Float], regression: [Double] = []) throws(FitError) {
        let (raw, width) = (specification.rawFeatures, specification.kernelFeatures)
        let frames = rows.count / raw
        var (sums, squares, counts) = (
            [Double](repeating: 0, count: width), [Double](repeating: 0, count: width), [Int](repeating: 0, count: width)
        )
        func isMasked(_ frame: Int, _ feature: Int) -> Bool { rows[frame * raw + width + feature / WindowFeatures.count] != 0 }
        func each(_ body: (Int, Double) -> Void) {
            for frame in 0..<frames {
                for k in 0..<width where !isMasked(frame, k) { body(k, Double(rows[frame * raw + k])) }
            }
        }
        each { k, value in
            sums[k] += value
            counts[k] += 1
        }
        guard counts.contains(where: { $0 > 1 }) else {
            throw FitError(
                problem: "all training EEG is masked or missing: mains of another frequency (--line), electrodes without "
                    + "contact, or artefact limits that are too narrow for this headset")
        }
        let mean = (0..<width).map { counts[$0] > 0 ? sums[$0] / Double(counts[$0]) : 0 }
        each { k, value in squares[k] += (value - mean[k]) * (value - mean[k]) }
        // A feature that never moves carries nothing, whatever it is divided by.
        let deviation = (0..<width).map { max(1e-6, counts[$0] > 0 ? (squares[$0] / Double(counts[$0])).squareRoot() : 1) }
        self.init(regression: regression, mean: mean, deviation: deviation, kernel: nil)
        guard specification.components > 0 else { return }
        // Frames that say something, evenly over the training.
        let good = (0..<frames).filter { frame in rows[frame * raw + width..<(frame + 1) * raw].contains(0) }
        func standardised(_ frame: Int) -> [Double] {
            (0..<width).map { k in
                isMasked(frame, k)
                    ? 0 : Self.standardised(rows[frame * raw + k], mean[k], deviation[k], specification.largest)
            }
        }
        func spread(_ count: Int) -> [Double] {
            let chosen = min(count, good.count)
            return (0..<chosen).flatMap { standardised(good[$0 * good.count / chosen]) }
        }
        let landmarks = spread(specification.landmarks)
        guard landmarks.count / width >= specification.components else {
            throw FitError(
                problem: "\(good.count) frames of training EEG are fewer than the \(specification.components) components")
        }
        do {
            let kernel =
                good.count <= specification.landmarks
                ? try KernelPCA(
                    exact: landmarks, features: width, components: specification.components, degree: specification.degree,
                    gamma: specification.gamma, coef0: specification.coef0)
                : try KernelPCA(
                    rows: spread(Self.most), landmarks: landmarks, features: width, components: specification.components,
                    degree: specification.degree, gamma: specification.gamma, coef0: specification.coef0)
            self.init(regression: regression, mean: mean, deviation: deviation, kernel: kernel)
        } catch {
            throw FitError(problem: "kernel PCA: \(error)")
        }
    }

    /// (value − mean) / deviation, cut.
    static func standardised(_ value: Float, _ mean: Double, _ deviation: Double, _ largest: Double) -> Double {
        max(-largest, min(largest, (Double(value) - mean) / deviation))
    }
}
