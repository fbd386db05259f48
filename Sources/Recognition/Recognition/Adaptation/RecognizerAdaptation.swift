public import NeuralNetworks
import SignalFeatures
import Signals

/// Fits a trained recogniser to the labelled utterances of one speaker.
///
/// Every method sees the same strings in the same batches. A side network's and a head's frozen states are computed once.
public struct RecognizerAdaptation: Sendable {
    /// What came of it.
    public struct Result: Sendable {
        /// With an adapter, or with changed weights.
        public var model: RecognizerModel
        public var trainableParameters: Int
        /// CTC loss, averaged over the last batches, nats.
        public var finalLoss: Double
        public var skippedSteps: Int
    }

    public let model: RecognizerModel
    private let examples: [CTCExample]
    private let utterances: Int
    /// Of the utterances, without what stands between them.
    public let seconds: Double

    /// - Parameters:
    ///   - model: that can run live.
    ///   - spoken: utterances of the speaker, at the model's rate.
    ///   - seed: of how single words are joined.
    /// - Throws: ``Units/SpellingError`` when a text has a word or a character that is no unit.
    public init(_ model: RecognizerModel, _ spoken: [SpokenText], seed: UInt64 = 1) throws(Units.SpellingError) {
        precondition(!spoken.isEmpty && model.card.shape.side != nil, "adaptation needs utterances and a model that runs live")
        self.model = model
        var recipe: TrainingRecipe = model.card.shape.preset == .words ? .words : .live
        recipe.frontEnd = model.card.audioFeatures
        recipe.labelWindow = model.card.labelWindow
        recipe.perturbation = nil
        recipe.seed = seed
        var labels: [[Int]] = []
        for utterance in spoken { labels.append(try model.card.units.labels(of: utterance.text)) }
        let layers = model.network.layers
        var projection: EEGProjection?
        if let specification = model.card.eegFrontEnd, let fit = model.eegFit {
            projection = EEGProjection(specification, fit)
        }
        let strings = TrainingStrings(
            rate: model.card.audioRate, spoken: spoken, labels: labels, eeg: [], eegFeatures: model.card.eegInputs,
            projection: projection, hearsSound: model.card.isHearing, recipe: recipe, stride: layers.stride,
            lookAhead: layers.lookAhead ?? 0)
        var random = SplitMix64(seed: seed)
        let standardisation = model.card.standardisation
        let audio = model.card.audioInputs
        let session = model.session(named: nil)
        examples = strings.groups(&random).map { group in
            let sample = strings.make(group, seed: random.next())
            let features = sample.features.indices.map { k in
                let feature = k % standardisation.mean.count
                // Where there is no EEG with the sounds its mean stands for it, and that of sound that still waits for EEG.
                let isThere =
                    feature < audio ? k >= sample.silentFrames * standardisation.mean.count : projection != nil
                return isThere ? standardisation.apply(sample.features[k], feature: feature) : 0
            }
            return CTCExample(
                features: features, frames: sample.frames, target: sample.target,
                windows: model.card.labelWindow > 0 ? sample.windows : nil, session: session)
        }
        utterances = spoken.count
        seconds =
            model.card.isHearing
            ? spoken.reduce(0) { $0 + Double($1.samples.count) } / Double(model.card.audioRate)
            : examples.reduce(0) { $0 + Double($1.frames) } / EEGFrontEndSpecification.frameRate
    }

    /// How much a training sees.
    public func extent(_ recipe: AdaptationRecipe) -> TrainingExtent {
        TrainingExtent(
            iterationsPerEpoch: Double((examples.count + recipe.batch - 1) / recipe.batch), epochs: Double(recipe.epochs),
            minutesPerEpoch: seconds / 60)
    }

    /// Bytes of the frozen states that a method keeps; 0 for methods that keep none.
    public func cacheBytes(_ method: AdaptationMethod) -> Int {
        guard let side = model.card.shape.side, method.makesAdapter || method == .head else { return 0 }
        let stride = model.network.layers.stride
        let frames = examples.reduce(0) { $0 + ($1.frames + stride - 1) / stride }
        return frames * side.width * (method == .head ? 1 : side.taps.count) * 4
    }

    /// Runs the whole training; the result follows from model, utterances and recipe.
    /// - Parameter progress: called after every batch with the share that is done; returns false to stop.
    /// - Returns: nil when it was stopped.
    /// - Throws: `CTCTrainingError` when a string is too short for its words.
    public func run(_ recipe: AdaptationRecipe, _ progress: (Double) -> Bool = { _ in true }) throws -> Result? {
        switch recipe.method {
        case .read, .readUntied: return try side(recipe, progress)
        case .head: return try head(recipe, progress)
        case .full, .biases, .input, .lora: return try network(recipe, progress)
        }
    }

    // MARK: Methods

    private func side(_ recipe: AdaptationRecipe, _ progress: (Double) -> Bool) throws -> Result? {
        guard let (taps, width) = model.card.shape.side else { return nil }
        let shape = SideNetwork.Shape(
            width: width, rank: recipe.rank, taps: taps.count, isRecurrent: recipe.method == .read)
        let begin = AdaptedNetwork(model.network, taps: taps, side: SideNetwork(shape, seed: recipe.seed))
        let cached = begin.cache(examples)
        let training = SideTraining(begin, blank: RecognizerModel.blank, weightDecay: recipe.weightDecay)
        let loss = try train(recipe, progress) { batch, rate throws(CTCTrainingError) in
            try training.step(batch.map { cached[$0] }, learningRate: rate)
        }
        guard let loss else { return nil }
        let side = training.network.side
        var adapted = model
        adapted.adapter = RecognizerAdapter(
            card: .init(
                backbone: model.weightsHash, shape: shape, taps: taps, subject: "", utterances: utterances, seconds: seconds,
                epochs: recipe.epochs, seed: recipe.seed, finalLoss: loss),
            side: side)
        return Result(
            model: adapted, trainableParameters: side.network.layout.count, finalLoss: loss,
            skippedSteps: training.skippedSteps)
    }

    /// The frozen states are computed once, as for a side network: nothing before the head changes.
    private func head(_ recipe: AdaptationRecipe, _ progress: (Double) -> Bool) throws -> Result? {
        guard let (taps, width) = model.card.shape.side, let last = taps.last, let parts = model.network.split(after: last)
        else { return nil }
        let unused = SideNetwork(.init(width: width, rank: 1, taps: 1), seed: 1)
        let cached = AdaptedNetwork(model.network, taps: [last], side: unused).cache(examples).map {
            CTCExample(features: $0.states, frames: $0.frames, target: $0.target, windows: $0.windows)
        }
        let training = CTCTraining(
            network: parts.head, blank: RecognizerModel.blank, weightDecay: recipe.weightDecay, seed: recipe.seed)
        let loss = try train(recipe, progress) { batch, rate throws(CTCTrainingError) in
            try training.step(batch.map { cached[$0] }, learningRate: rate)
        }
        guard let loss else { return nil }
        var adapted = model
        adapted.network.parameters = parts.body.parameters + training.network.parameters
        return Result(
            model: adapted, trainableParameters: parts.head.layout.count, finalLoss: loss, skippedSteps: training.skippedSteps)
    }

    private func network(_ recipe: AdaptationRecipe, _ progress: (Double) -> Bool) throws -> Result? {
        var network = model.network
        var chosen: (any Reparameterisation)?
        switch recipe.method {
        case .biases: chosen = ChosenTensors(network) { !$0.decays }
        case .lora:
            chosen = LowRankUpdates(network, rank: recipe.rank, seed: recipe.seed) { $0.name.contains("gru") }
        case .input:
            network = withOneInput
            chosen = ChosenTensors(network) { $0.name.hasPrefix("session.") }
        case .read, .readUntied, .head, .full: break
        }
        let training = CTCTraining(
            network: network, blank: RecognizerModel.blank, weightDecay: recipe.weightDecay, reparameterisation: chosen,
            seed: recipe.seed)
        let loss = try train(recipe, progress) { batch, rate throws(CTCTrainingError) in
            try training.step(
                batch.map {
                    var example = examples[$0]
                    if recipe.method == .input { example.session = 0 }
                    return example
                }, learningRate: rate)
        }
        guard let loss else { return nil }
        var adapted = model
        adapted.network = training.network
        if recipe.method == .input, case .words(let shape) = adapted.card.shape {
            adapted.card.shape = .words(shape.having(sessions: 1))
            adapted.card.sessions = [""]
        }
        return Result(
            model: adapted, trainableParameters: chosen?.values.count ?? network.layout.count, finalLoss: loss,
            skippedSteps: training.skippedSteps)
    }

    /// The network with one input layer in front: that of the last session, or one that changes nothing.
    private var withOneInput: Network {
        let session = LayerSequence([
            LayerSequence.Entry("session", SessionInput(features: model.network.inputs, sessions: 1))
        ])
        let (given, n) = (model.network, model.network.inputs)
        guard let sessions = model.card.sessions?.count else {
            return Network(
                LayerSequence(session.entries + given.layers.entries),
                parameters: Network(session, seed: 1).parameters + given.parameters)
        }
        let weights = given.parameters[..<(sessions * n * n)]
        let biases = given.parameters[(sessions * n * n)..<(sessions * (n * n + n))]
        return Network(
            LayerSequence(session.entries + given.layers.entries.dropFirst()),
            parameters: weights.suffix(n * n) + biases.suffix(n) + given.parameters[(sessions * (n * n + n))...])
    }

    // MARK: Training

    /// All epochs, in the same order for every method.
    /// - Returns: the loss, averaged over the last batches; nil when it was stopped.
    private func train(
        _ recipe: AdaptationRecipe, _ progress: (Double) -> Bool,
        _ step: ([Int], Float) throws(CTCTrainingError) -> CTCStep
    ) throws(CTCTrainingError) -> Double? {
        var random = SplitMix64(seed: recipe.seed)
        let perEpoch = (examples.count + recipe.batch - 1) / recipe.batch
        let schedule = OneCycle(
            maximum: recipe.learningRate ?? recipe.method.learningRate, steps: perEpoch * recipe.epochs)
        var (done, loss) = (0, 0.0)
        for _ in 0..<recipe.epochs {
            let order = Array(examples.indices).shuffled(using: &random)
            for start in stride(from: 0, to: order.count, by: recipe.batch) {
                let batch = Array(order[start..<min(start + recipe.batch, order.count)])
                let result = try step(batch, schedule.rate(at: done))
                if !result.isSkipped { loss = done == 0 ? result.loss : 0.9 * loss + 0.1 * result.loss }
                done += 1
                guard progress(Double(done) / Double(schedule.steps)) else { return nil }
            }
        }
        return loss
    }
}
