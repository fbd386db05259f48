import NeuralNetworks
import SignalFeatures

/// Reads words from a running sequence of feature frames.
///
/// Its state is a value: a copy is a branch of the same stream. Nothing is allocated per frame.
public struct StreamingRecognizer: Sendable {
    /// A unit (a word, with models of whole words), and the frame in which the network named it.
    public struct Word: Sendable, Equatable {
        /// Index into the card's words.
        public var index: Int
        /// Counted from the start of the stream, 100 a second.
        public var frame: UInt64
        /// Natural logarithm, at that frame.
        public var logProbability: Float
    }

    public let model: RecognizerModel
    private var state: Network.State
    /// The network with its side network, and what both remember; nil without an adapter.
    private let adapted: AdaptedNetwork?
    private var adaptedState: AdaptedNetwork.State?
    private var decoder: BestPathDecoder
    private var inputs: [Float]
    /// Of a model whose card has an EEG front end.
    private var projection: EEGProjection?
    /// The last frames of sound, standardised, as a ring: of a model whose sound waits for its EEG.
    private var delayed: [Float] = []
    /// Of the last frame: the blank's, then one for each word.
    public private(set) var logits: [Float]
    /// Whether the network has given an output; it waits for its look-ahead first.
    public private(set) var hasOutput = false
    private var frame: UInt64 = 0

    /// - Parameter session: whose input layer is used, where the model has one for each; nil for the last.
    public init(_ model: RecognizerModel, session: String? = nil) {
        self.model = model
        decoder = BestPathDecoder(blank: RecognizerModel.blank, labelWindow: model.card.labelWindow)
        state = model.network.initialState(session: model.session(named: session))
        adapted = model.adapted
        adaptedState = adapted?.initialState()
        inputs = [Float](repeating: 0, count: model.card.shape.inputs)
        logits = [Float](repeating: 0, count: model.card.shape.outputs)
        if let specification = model.card.eegFrontEnd, let fit = model.eegFit { projection = EEGProjection(specification, fit) }
        delayed = [Float](repeating: 0, count: (model.card.soundDelay ?? 0) * model.card.audioInputs)
    }

    /// Takes one frame.
    /// - Parameters:
    ///   - audio: features as ``MelFrontEnd`` gives them with the model's options.
    ///   - eeg: features as ``EEGFrontEnd`` gives them, or ``EEGWindowFrontEnd`` with the card's specification; nil when there are none for
    ///     this frame: their mean takes their place.
    public mutating func step(audio: UnsafeBufferPointer<Float>, eeg: UnsafeBufferPointer<Float>?) -> Word? {
        let number = frame
        guard advance(audio: audio, eeg: eeg) else { return nil }
        guard let found = logits.withUnsafeBufferPointer({ decoder.next($0) }) else { return nil }
        return Word(index: found.unit - 1, frame: number, logProbability: found.logProbability)
    }

    /// Takes one frame and names nothing: for those who decode ``logits`` themselves.
    /// - Returns: whether there are new logits; the first frames of a network that looks ahead have none.
    public mutating func advance(audio: UnsafeBufferPointer<Float>, eeg: UnsafeBufferPointer<Float>?) -> Bool {
        let standardisation = model.card.standardisation
        for k in 0..<audio.count { inputs[k] = standardisation.apply(audio[k], feature: k) }
        if !delayed.isEmpty {
            let width = audio.count
            let row = Int(frame % UInt64(delayed.count / width)) * width
            for k in 0..<width { (inputs[k], delayed[row + k]) = (delayed[row + k], inputs[k]) }
        }
        if projection != nil {
            inputs.withUnsafeMutableBufferPointer {
                projection?.set(eeg, into: UnsafeMutableBufferPointer(rebasing: $0[audio.count...]))
            }
            for k in audio.count..<inputs.count { inputs[k] = standardisation.apply(inputs[k], feature: k) }
        } else {
            for k in audio.count..<inputs.count {
                inputs[k] = eeg.map { standardisation.apply($0[k - audio.count], feature: k) } ?? 0
            }
        }
        defer { frame += 1 }
        let came =
            adapted.map { Self.advance($0, inputs, &adaptedState, &logits) }
            ?? Self.advance(model.network, inputs, &state, &logits)
        hasOutput = hasOutput || came
        return came
    }

    private static func advance(
        _ network: Network, _ inputs: [Float], _ state: inout Network.State, _ logits: inout [Float]
    ) -> Bool {
        var output = logits.mutableSpan
        return network.step(inputs.span, state: &state, into: &output)
    }

    private static func advance(
        _ network: AdaptedNetwork, _ inputs: [Float], _ state: inout AdaptedNetwork.State?, _ logits: inout [Float]
    ) -> Bool {
        var output = logits.mutableSpan
        return state?.step(network, inputs.span, into: &output) ?? false
    }
}
