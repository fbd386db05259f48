import Dispatch
public import NeuralNetworks
import SignalFeatures
import Signals

/// Trains a recogniser of whole words from single spoken words and unrelated EEG.
public struct RecognizerTraining: Sendable {
    /// Sizes and pace of the training.
    public struct Settings: Sendable, Equatable {
        /// Units of each GRU layer.
        public var hidden = 128
        /// Number of GRU layers.
        public var layers = 2
        /// Passes over the training words.
        public var epochs = 32
        /// Strings of words per step.
        public var batch = 16
        /// Largest of the one-cycle schedule.
        public var learningRate: Float = 4e-3
        public var weightDecay: Float = 0.01
        public var dropout: Float = 0.2
        /// Frames after a word's end in which its label may stand.
        public var labelWindow = 8
        /// Standard deviation of the noise on standardised features.
        public var noise: Float = 0.1
        public var seed: UInt64 = 1

        public init() {}
    }

    /// Where the training is, after a batch.
    public struct Progress: Sendable {
        /// 0 … 1 of the whole training.
        public var fraction: Double
        public var epoch: Int
        /// CTC loss, averaged over the last batches, nats.
        public var loss: Double
        /// Batches so far that changed nothing, because a loss or the gradient was not finite.
        public var skippedSteps: Int
        /// The strings of this batch whose loss was not finite, each as the indices of its spoken words.
        public var notFinite: [[Int]]
    }

    private let settings: Settings
    private let words: [String]
    private let strings: TrainingStrings
    private let eegChannels: Int

    /// - Parameters:
    ///   - words: the vocabulary.
    ///   - spoken: training words at `rate`.
    ///   - rate: of the audio, Hz.
    ///   - eeg: features at 100 Hz, shape `[frames, 5 · channels]`.
    ///   - eegChannels: 0 for a recogniser without EEG.
    public init(
        words: [String], spoken: [SpokenWord], rate: Int, eeg: [Float], eegChannels: Int, settings: Settings
    ) {
        precondition(!spoken.isEmpty && !words.isEmpty, "training needs words")
        self.words = words
        self.settings = settings
        self.eegChannels = eegChannels
        strings = TrainingStrings(
            rate: rate, words: spoken, eeg: eeg, eegFeatures: eegChannels * EEGFrontEnd.featuresPerChannel,
            labelWindow: settings.labelWindow)
    }

    /// Runs the whole training; the result follows from the data and the seed.
    /// - Parameter progress: called after every batch; returns false to stop.
    /// - Returns: the model, or nil when it was stopped.
    /// - Throws: `CTCTrainingError` when a string is too short for its words; its utterance is the string's number in its epoch.
    public func run(_ progress: (Progress) -> Bool) throws(CTCTrainingError) -> RecognizerModel? {
        var random = SplitMix64(seed: settings.seed)
        let standardisation = self.standardisation(&random)
        let inputs = MelFrontEnd.features + strings.eegFeatures
        let shape = WordsShape(
            inputs: inputs, hidden: settings.hidden, layers: settings.layers, outputs: words.count + 1)
        let training = CTCTraining(
            network: Network(shape.sequence(dropout: settings.dropout), seed: random.split()),
            blank: RecognizerModel.blank, weightDecay: settings.weightDecay, seed: random.split())
        let perEpoch = max(1, Int((Double(strings.words.count) / 2.5 / Double(settings.batch)).rounded()))
        let schedule = OneCycle(maximum: settings.learningRate, steps: perEpoch * settings.epochs)
        var step = 0
        var mean: Double?
        for epoch in 0..<settings.epochs {
            let groups = strings.groups(&random)
            let seed = random.split()
            // Strings of like length go together; the batches themselves come in a random order.
            let sizes = groups.map { group in group.reduce(0) { $0 + strings.words[$1].samples.count } }
            let order = groups.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
            var batches = stride(from: 0, to: order.count, by: settings.batch).map {
                Array(order[$0..<min($0 + settings.batch, order.count)])
            }
            batches.shuffle(using: &random)
            for batch in batches {
                let examples = self.examples(batch.map { groups[$0] }, batch, seed, standardisation)
                let rate = schedule.rate(at: min(step, schedule.steps - 1))
                let done: CTCStep
                do {
                    done = try training.step(examples, learningRate: rate)
                } catch {
                    throw CTCTrainingError(utterance: batch[error.utterance], reason: error.reason)
                }
                if !done.isSkipped { mean = mean.map { 0.95 * $0 + 0.05 * done.loss } ?? done.loss }
                let loss = mean ?? 0
                step += 1
                let fraction = min(1, Double(step) / Double(perEpoch * settings.epochs))
                let state = Progress(
                    fraction: fraction, epoch: epoch, loss: loss, skippedSteps: training.skippedSteps,
                    notFinite: done.notFinite.map { groups[batch[$0]] })
                guard progress(state) else { return nil }
            }
        }
        let card = RecognizerModel.Card(
            words: words, shape: shape, audioRate: strings.rate, eegChannels: eegChannels,
            standardisation: standardisation, labelWindow: settings.labelWindow, seed: settings.seed,
            epochs: settings.epochs, trainingWords: strings.words.count, finalLoss: mean ?? 0, testWordErrorRate: nil)
        return RecognizerModel(card: card, network: training.network)
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
                slots[index] = example(strings.make(groups[index], seed: own), own, standardisation)
            }
        }
        return result.compactMap { $0 }
    }

    private func example(
        _ sample: TrainingStrings.Sample, _ seed: UInt64, _ standardisation: Standardisation
    ) -> CTCExample {
        var random = SplitMix64(seed: ~seed)
        let width = standardisation.mean.count
        var features = sample.features
        let artefact = sample.hasEEG ? EEGArtefact(features: width - MelFrontEnd.features, &random) : nil
        for index in features.indices {
            let feature = index % width
            if feature >= MelFrontEnd.features, !sample.hasEEG {
                features[index] = 0
            } else if feature >= MelFrontEnd.features, let artefact {
                let value = standardisation.apply(features[index], feature: feature)
                features[index] =
                    artefact.apply(value, feature: feature - MelFrontEnd.features) + settings.noise * Float(random.normal())
            } else {
                features[index] =
                    standardisation.apply(features[index], feature: feature)
                    + settings.noise * Float(random.normal())
            }
        }
        return CTCExample(
            features: features, frames: sample.frames, target: sample.target, windows: sample.windows)
    }

    /// Statistics of up to 400 strings; those of the EEG from all of its frames.
    private func standardisation(_ random: inout SplitMix64) -> Standardisation {
        let groups = strings.groups(&random).prefix(400)
        var audio: [Float] = []
        let width = MelFrontEnd.features + strings.eegFeatures
        for group in groups {
            let sample = strings.make(group, seed: random.next())
            for frame in 0..<sample.frames {
                audio += sample.features[frame * width..<frame * width + MelFrontEnd.features]
            }
        }
        var result = Standardisation(of: audio, features: MelFrontEnd.features)
        guard strings.eegFeatures > 0 else { return result }
        let eeg =
            strings.eeg.isEmpty
            ? Standardisation(
                mean: [Float](repeating: 0, count: strings.eegFeatures),
                deviation: [Float](repeating: 1, count: strings.eegFeatures))
            : Standardisation(of: strings.eeg, features: strings.eegFeatures)
        result.mean += eeg.mean
        result.deviation += eeg.deviation
        return result
    }
}
