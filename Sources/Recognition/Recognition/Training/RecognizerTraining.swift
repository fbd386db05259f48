import Dispatch
public import NeuralNetworks
import SignalFeatures
import Signals

/// Trains a recogniser on the utterances of a corpus and unrelated EEG.
public struct RecognizerTraining: Sendable {
    /// Where the training is, after a batch.
    public struct Progress: Sendable {
        /// 0 … 1 of the whole training.
        public var fraction: Double
        public var epoch: Int
        /// CTC loss, averaged over the last batches, nats.
        public var loss: Double
        /// Batches so far that changed nothing, because a loss or the gradient was not finite.
        public var skippedSteps: Int
        /// The strings of this batch whose loss was not finite, each as the indices of its utterances.
        public var notFinite: [[Int]]
    }

    private let recipe: TrainingRecipe
    private let data: Data
    private let shape: RecognizerShape
    /// With the outputs of the framewise loss behind the units.
    private let layers: LayerSequence
    private let framewise: FramewiseLoss?
    /// Steps and epochs of the whole training, as the schedule counts them.
    public let extent: TrainingExtent
    /// λ that the recipe's timescale, or its own, comes to.
    public let weightDecay: Double
    private let strings: TrainingStrings
    private let watched: TrainingStrings?
    /// Names of the sessions, sorted.
    private let sessions: [String]

    /// - Throws: ``Units/SpellingError`` when a text has a word or a character that is no unit, `TimescaleError` for a timescale that
    ///   this much data does not have.
    public init(_ data: Data, recipe: TrainingRecipe) throws {
        precondition(!data.training.isEmpty && !data.units.texts.isEmpty, "training needs utterances")
        let eegFeatures = data.eegFrontEnd?.specification.outputs ?? data.eegChannels * EEGFrontEnd.featuresPerChannel
        let audioFeatures = data.hearsSound ? recipe.frontEnd.features : 0
        let sessions = Set(data.training.map(\.session)).sorted()
        func shape(outputs: Int) -> RecognizerShape {
            recipe.shape(
                inputs: audioFeatures + eegFeatures, outputs: outputs, hasEEG: eegFeatures > 0, sessions: sessions.count)
        }
        self.sessions = sessions
        let units = data.units.texts.count + 1
        let layers = shape(outputs: units).sequence(dropout: recipe.dropout)
        func strings(
            _ spoken: [SpokenText], _ recipe: TrainingRecipe, eeg: [Float], losesFrames: Bool
        ) throws(Units.SpellingError) -> TrainingStrings {
            var labels: [[Int]] = []
            for utterance in spoken { labels.append(try data.units.labels(of: utterance.text)) }
            return TrainingStrings(
                rate: data.rate, spoken: spoken, labels: labels, eeg: eeg, eegFeatures: eegFeatures,
                projection: data.eegFrontEnd, hearsSound: data.hearsSound, losesFrames: losesFrames, recipe: recipe,
                stride: layers.stride,
                lookAhead: layers.lookAhead ?? 0)
        }
        self.strings = try strings(data.training, recipe, eeg: data.eeg, losesFrames: true)
        var plain = recipe
        plain.framewise = 0
        plain.balancesSessions = false
        (plain.perturbation, plain.wordsPerString, plain.pause_s, plain.keepsSpeakers) = (nil, 3...7, 0.05...0.3, true)
        watched = data.validation.isEmpty ? nil : try strings(data.validation, plain, eeg: [], losesFrames: false)
        framewise =
            self.strings.classes.isEmpty
            ? nil : FramewiseLoss(classes: self.strings.classes.count + 1, weight: recipe.framewise)
        (self.recipe, self.data, self.shape) = (recipe, data, shape(outputs: units))
        self.layers = framewise.map { shape(outputs: units + $0.classes).sequence(dropout: recipe.dropout) } ?? layers
        extent = Self.extent(strings: self.strings, recipe)
        weightDecay =
            try recipe.timescale?.weightDecay(learningRate: Double(recipe.learningRate), extent) ?? Double(recipe.weightDecay)
    }

    private static func extent(strings: TrainingStrings, _ recipe: TrainingRecipe) -> TrainingExtent {
        let mean = Double(recipe.wordsPerString.lowerBound + recipe.wordsPerString.upperBound) / 2
        let perEpoch = max(
            1, Int((Double(strings.utterancesPerEpoch) / (strings.joins ? mean : 1) / Double(recipe.batch)).rounded()))
        let samples = strings.spoken.reduce(0) { $0 + $1.samples.count }
        return TrainingExtent(
            iterationsPerEpoch: Double(perEpoch), epochs: Double(recipe.epochs),
            minutesPerEpoch: Double(samples) / Double(strings.rate) / 60)
    }

    /// - Parameter step: 0 …
    private func rate(at step: Int) -> Float {
        let last = max(1, extent.iterations) - 1
        let step = min(step, last)
        guard let pace = recipe.pace else {
            return OneCycle(maximum: recipe.learningRate, steps: extent.iterations).rate(at: step)
        }
        return recipe.learningRate * Float(pace.rate(at: Double(step) / Double(last + 1)))
    }

    private func weights(at step: Int) -> LossWeights {
        recipe.pace?.weights(at: Double(step) / Double(max(1, extent.iterations)), later: LossWeights()) ?? LossWeights()
    }

    /// What the weight decay means for this training.
    public var decayExplanation: DecayExplanation {
        DecayExplanation(
            weightDecay: weightDecay, learningRate: Double(recipe.learningRate), extent,
            rates: (0..<max(1, extent.iterations)).map { Double(rate(at: $0)) })
    }

    /// Whether there is anything for the framewise loss to learn: words or phonemes whose times are known.
    public var hasFramewiseLoss: Bool { framewise != nil }

    /// Parameters of the network.
    public var parameterCount: Int { ParameterLayout(layers).count }

    /// Runs the whole training; the result follows from the data and the recipe.
    /// - Parameters:
    ///   - checkpoint: of an interrupted training of the same data and recipe: the result has the same bits as without the interruption.
    ///   - epochEnded: called after every epoch with all that is needed to go on from there.
    ///   - progress: called after every batch; returns false to stop.
    /// - Returns: the model, or nil when it was stopped.
    /// - Throws: `CTCTrainingError` when a string is too short for its words; its utterance is the index of its first utterance. What
    ///   `epochEnded` throws.
    public func run(
        from checkpoint: TrainingCheckpoint? = nil, epochEnded: (TrainingCheckpoint) throws -> Void = { _ in },
        _ progress: (Progress) -> Bool
    ) throws -> RecognizerModel? {
        var random = SplitMix64(seed: recipe.seed)
        let standardisation = self.standardisation(&random)
        var network = Network(layers, seed: random.split())
        if recipe.blankBias != 0, let bias = network.layout.tensors.first(where: { $0.name == "output.bias" }) {
            network.parameters[bias.offset + RecognizerModel.blank] = recipe.blankBias
        }
        let training = CTCTraining(
            network: network, blank: RecognizerModel.blank, weightDecay: Float(weightDecay),
            clipNorm: recipe.clipNorm, framewise: framewise, seed: random.split())
        let validation = watched.map { strings in
            ValidationSet(strings) { example($0, 0, standardisation, noise: 0, session: sessions.count - 1) }
        }
        var state = TrainingCheckpoint(training, random: random)
        if let checkpoint {
            state = checkpoint
            checkpoint.restore(training)
            random = SplitMix64(seed: checkpoint.random)
        }
        while state.epoch < recipe.epochs, !isOver(state) {
            let groups = strings.groups(&random)
            let seed = random.split()
            let isOrdered = recipe.pace?.isShortestFirst == true && state.epoch == 0
            for batch in batches(groups, isOrdered: isOrdered, &random) {
                let examples = self.examples(batch.map { groups[$0] }, batch, seed, standardisation)
                let done: CTCStep
                do {
                    done = try training.step(examples, learningRate: rate(at: state.step), weights: weights(at: state.step))
                } catch {
                    throw CTCTrainingError(utterance: groups[batch[error.utterance]][0], reason: error.reason)
                }
                if !done.isSkipped { state.loss = state.loss.map { 0.95 * $0 + 0.05 * done.loss } ?? done.loss }
                state.step += 1
                let isGoingOn = progress(
                    Progress(
                        fraction: min(1, Double(state.step) / Double(max(1, extent.iterations))), epoch: state.epoch,
                        loss: state.loss ?? 0,
                        skippedSteps: training.skippedSteps, notFinite: done.notFinite.map { groups[batch[$0]] }))
                guard isGoingOn else { return nil }
            }
            state.endEpoch(training, random: random, errorRate: validation.map { $0.errors(recogniser(training.network)).rate })
            try epochEnded(state)
        }
        return model(state, standardisation, validation)
    }

    /// Without the outputs that only training needs.
    private func recogniser(_ network: Network) -> Network { network.withoutLastOutputs(framewise?.classes ?? 0) }

    private func isOver(_ state: TrainingCheckpoint) -> Bool {
        guard let patience = recipe.patience else { return false }
        // An equal result is no better one, though the later of the two is kept.
        let rates = state.curve.compactMap(\.errorRate)
        guard let least = rates.min(), let place = rates.firstIndex(of: least) else { return false }
        return rates.count - 1 - place >= patience
    }

    private func model(
        _ state: TrainingCheckpoint, _ standardisation: Standardisation, _ validation: ValidationSet?
    ) -> RecognizerModel {
        var card = card(state, standardisation)
        card.validationErrorRate = state.best?.errorRate
        card.speakers = Set(data.training.map(\.speaker)).subtracting([""]).sorted()
        card.texts = Set(data.training.map { TextHash.of($0.text) }).sorted()
        card.sessions = recipe.hasSessionLayer ? sessions : nil
        let network = recogniser(Network(layers, parameters: state.best?.parameters ?? state.parameters))
        card.validationLoss = validation?.loss(network)
        return RecognizerModel(card: card, network: network, eegFit: data.eegFrontEnd?.fit)
    }

    private func card(_ state: TrainingCheckpoint, _ standardisation: Standardisation) -> RecognizerModel.Card {
        if let eegFrontEnd = data.eegFrontEnd?.specification, !data.hearsSound {
            return RecognizerModel.Card(
                units: data.units, shape: shape, eegFrontEnd: eegFrontEnd, standardisation: standardisation, seed: recipe.seed,
                epochs: state.epoch, trainingWords: data.training.count, finalLoss: state.loss ?? 0)
        }
        var card = RecognizerModel.Card(
            units: data.units, shape: shape, frontEnd: recipe.frontEnd, audioRate: data.rate, eegChannels: data.eegChannels,
            standardisation: standardisation, labelWindow: strings.knowsEnds ? recipe.labelWindow : 0, seed: recipe.seed,
            epochs: state.epoch, trainingWords: data.training.count, finalLoss: state.loss ?? 0)
        card.eegFrontEnd = data.eegFrontEnd?.specification
        return card
    }

    /// Strings of like length go together; the batches themselves come in a random order, or from short ones to long ones.
    private func batches(_ groups: [[Int]], isOrdered: Bool, _ random: inout SplitMix64) -> [[Int]] {
        let sizes = groups.map(strings.length)
        let order = groups.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
        var batches = stride(from: 0, to: order.count, by: recipe.batch).map {
            Array(order[$0..<min($0 + recipe.batch, order.count)])
        }
        if !isOrdered { batches.shuffle(using: &random) }
        return batches
    }

    /// Features of a batch's strings, made on both cores; each string has a seed of its own.
    private func examples(
        _ groups: [[Int]], _ places: [Int], _ seed: UInt64, _ standardisation: Standardisation
    ) -> [CTCExample] {
        var result = [CTCExample?](repeating: nil, count: groups.count)
        result.withUnsafeMutableBufferPointer { slots in
            nonisolated(unsafe) let slots = slots  // Each iteration writes its own slot only.
            DispatchQueue.concurrentPerform(iterations: groups.count) { index in
                let own = seed &+ UInt64(places[index]) &* 0x9E37_79B9_7F4A_7C15
                slots[index] = example(
                    strings.make(groups[index], seed: own), own, standardisation, noise: recipe.noise,
                    session: recipe.hasSessionLayer ? sessions.firstIndex(of: strings.spoken[groups[index][0]].session) ?? 0 : 0
                )
            }
        }
        return result.compactMap { $0 }
    }

    private func example(
        _ sample: TrainingStrings.Sample, _ seed: UInt64, _ standardisation: Standardisation, noise: Float,
        session: Int
    ) -> CTCExample {
        var random = SplitMix64(seed: ~seed)
        var normal = NormalNumbers(seed: random.next())
        let width = standardisation.mean.count
        let audio = strings.audioFeatures
        var features = sample.features
        // EEG of the utterances themselves was recorded as it will be read, artefacts included.
        let artefact =
            sample.hasEEG && audio > 0 && strings.spokenEEG.isEmpty ? EEGArtefact(features: width - audio, &random) : nil
        for index in features.indices {
            let feature = index % width
            if feature >= audio ? !sample.hasEEG : index < sample.silentFrames * width {
                features[index] = 0
            } else {
                var value = standardisation.apply(features[index], feature: feature)
                if feature >= audio, let artefact {
                    value = artefact.apply(value, feature: feature - audio)
                } else if sample.masks.contains(where: { $0.contains(feature) }) {
                    value = 0
                }
                features[index] = noise > 0 ? value + noise * normal.next() : value
            }
        }
        return CTCExample(
            features: features, frames: sample.frames, target: sample.target, windows: sample.windows, classes: sample.classes,
            session: recipe.hasSessionLayer ? session : 0)
    }

    /// Statistics of up to 400 strings; those of the EEG from all of its frames.
    private func standardisation(_ random: inout SplitMix64) -> Standardisation {
        if strings.audioFeatures == 0 { return ofSpokenEEG }
        let groups = strings.groups(&random).prefix(400)
        let features = recipe.frontEnd.features
        var audio: [Float] = []
        let width = features + strings.eegFeatures
        for group in groups {
            let sample = strings.make(group, seed: random.next())
            for frame in sample.silentFrames..<max(sample.silentFrames, sample.frames) {
                audio += sample.features[frame * width..<frame * width + features]
            }
        }
        var result = Standardisation(of: audio, features: features)
        guard strings.eegFeatures > 0 else { return result }
        let eeg =
            !strings.spokenEEG.isEmpty
            ? ofSpokenEEG
            : strings.eeg.isEmpty
                ? Standardisation(
                    mean: [Float](repeating: 0, count: strings.eegFeatures),
                    deviation: [Float](repeating: 1, count: strings.eegFeatures))
                : Standardisation(of: strings.eeg, features: strings.eegFeatures)
        result.mean += eeg.mean
        result.deviation += eeg.deviation
        return result
    }

    /// Of the EEG of the utterances.
    private var ofSpokenEEG: Standardisation {
        var result = Standardisation(of: strings.spokenEEG.flatMap { $0 }, features: strings.eegFeatures)
        // A share stays one.
        if data.eegFrontEnd?.specification.tellsMask == true {
            (result.mean[strings.eegFeatures - 1], result.deviation[strings.eegFeatures - 1]) = (0, 1)
        }
        return result
    }
}
