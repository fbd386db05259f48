import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import Testing

/// Sound and the EEG that answers it, in one recogniser.
@Suite(.serialized) struct JointRecognizerTests {
    private struct Trained {
        var corpus: EEGCorpus
        var model: RecognizerModel
    }

    private static func recipe() -> TrainingRecipe {
        var recipe = TrainingRecipe.words
        (recipe.hidden, recipe.layers, recipe.epochs, recipe.batch, recipe.blankBias) = (32, 1, 40, 4, 2)
        return recipe
    }

    private static func train(_ corpus: EEGCorpus) throws -> RecognizerModel {
        let units = Units(.words, spelling: corpus.training.map(\.text))
        let training = try RecognizerTraining(.init(units: units, corpus, rate: SimulationStand.rate), recipe: recipe())
        return try #require(try training.run { _ in true })
    }

    /// Trained once for all tests.
    private static let shared = Result {
        let stand = try SimulationStand()
        defer { stand.remove() }
        let list = try stand.corpus("c", training: 160, test: 20, seed: 1)
        var settings = EEGSimulation.Settings()
        settings.ratio_dB = 0
        let made = try stand.simulate(list, into: "made", settings)
        var front = EEGCorpus.Settings()
        front.preset = .envelope
        let corpus = try EEGCorpus(
            made, settings: front, sounds: try SpeechCorpus(made, rate: SimulationStand.rate), hearsSound: true)
        return Trained(corpus: corpus, model: try train(corpus))
    }

    private let trained: Trained
    init() throws { trained = try Self.shared.get() }

    @Test func `words are read from sound and EEG, and those who only have one of both read fewer`() throws {
        let evaluation = RecognizerEvaluation(trained.model, rate: SimulationStand.rate)
        func errors(_ input: RecognizerEvaluation.EEGInput, replaced: Bool = false) throws -> Double {
            try #require(evaluation.read(trained.corpus.test, replaced: replaced, eegInput: input)).reduce(WordErrors()) {
                $0 + $1.words
            }.rate
        }
        let both = try errors(.recorded)
        #expect(both < 0.3, "\(both)")
        #expect(try errors(.recorded, replaced: true) > 0.6)
        #expect(try errors(.absent) <= 1)
        #expect(evaluation.wordErrorRate(trained.corpus) == both)
    }

    @Test func `training and the live path see the same features in the same frames`() throws {
        let model = trained.model
        #expect(model.card.soundDelay == 24 && model.card.isHearing && model.card.simulatedEEG == nil)
        let spoken = trained.corpus.test[0]
        let sound = spoken.heard(rate: SimulationStand.rate, in: nil, among: [], tail: 0.24, seed: 1)
        let audio = MelFrontEnd.features(of: sound, rate: SimulationStand.rate, options: model.card.audioFeatures)
        let frames = audio.energies.count
        let raw = trained.corpus.specification.rawFeatures
        #expect(spoken.eeg?.count == frames * raw)
        // What the network is given, made at once: sound that waits, beside the EEG of the frame.
        let eeg = EEGProjection(trained.corpus.specification, trained.corpus.fit).rows(spoken.eeg ?? [])
        let (width, own) = (model.card.audioInputs, model.card.eegInputs)
        var state = model.network.initialState()
        var recognizer = StreamingRecognizer(model)
        for t in 0..<frames {
            let input = (0..<width + own).map { k -> Float in
                if k >= width { return model.card.standardisation.apply(eeg[t * own + k - width], feature: k) }
                return t < 24 ? 0 : model.card.standardisation.apply(audio.features[(t - 24) * width + k], feature: k)
            }
            var expected = [Float](repeating: 0, count: model.card.shape.outputs)
            var output = expected.mutableSpan
            _ = model.network.step(input.span, state: &state, into: &output)
            audio.features.withUnsafeBufferPointer { features in
                (spoken.eeg ?? []).withUnsafeBufferPointer { rows in
                    _ = recognizer.advance(
                        audio: UnsafeBufferPointer(rebasing: features[t * width..<(t + 1) * width]),
                        eeg: UnsafeBufferPointer(rebasing: rows[t * raw..<(t + 1) * raw]))
                }
            }
            #expect(recognizer.logits == expected)
        }
    }

    /// Logits of every frame, when sound and EEG come in pieces of so many samples.
    private func logits(sound: Int, eeg pieces: Int) -> [Float] {
        let (model, specification) = (trained.model, trained.corpus.specification)
        let audio = trained.corpus.test[1].heard(rate: SimulationStand.rate, in: nil, among: [], tail: 0.24, seed: 1)
        var random = SplitMix64(seed: 8)
        let seconds = Double(audio.count) / Double(SimulationStand.rate)
        let samples = (0..<Int(seconds * specification.rate) + 8)
        let eeg = samples.map { _ in (0..<specification.channels).map { _ in Float(10e-6 * random.normal()) } }
        let heard = MelFrontEnd(rate: SimulationStand.rate, options: model.card.audioFeatures)
        let front = EEGWindowFrontEnd(specification)
        var recognizer = StreamingRecognizer(model)
        var waiting: [[Float]] = []
        var (frame, result): (Int, [Float]) = (0, [])
        var row = [Float](repeating: 0, count: specification.rawFeatures)
        var (nextSound, nextEEG) = (0, 0)
        while nextSound < audio.count || nextEEG < eeg.count {
            // Whichever is behind in time gets its piece.
            let isSound = Double(nextSound) / Double(SimulationStand.rate) <= Double(nextEEG) / specification.rate
            if nextSound < audio.count, isSound || nextEEG == eeg.count {
                let end = min(audio.count, nextSound + sound)
                Array(audio[nextSound..<end]).withUnsafeBufferPointer {
                    heard.feed($0) { features, _ in waiting.append(Array(features)) }
                }
                nextSound = end
            } else {
                for place in nextEEG..<min(eeg.count, nextEEG + pieces) {
                    eeg[place].withUnsafeBufferPointer { front.feed(counter: UInt64(place), $0) }
                }
                nextEEG = min(eeg.count, nextEEG + pieces)
            }
            while let features = waiting.first {
                let counter = UInt64((Double(frame) / 100 + 0.0125) * specification.rate)
                guard (front.end ?? 0) > counter else { break }
                let isThere = row.withUnsafeMutableBufferPointer { front.setFeatures(at: counter, $0) }
                features.withUnsafeBufferPointer { features in
                    row.withUnsafeBufferPointer { _ = recognizer.advance(audio: features, eeg: isThere ? $0 : nil) }
                }
                result += recognizer.logits
                waiting.removeFirst()
                frame += 1
            }
        }
        return result
    }

    @Test func `sound and EEG may come in pieces of any size, to the same bits`() {
        let expected = logits(sound: 80, eeg: 1)
        #expect(expected.count > 100 * trained.model.card.shape.outputs && expected.allSatisfy(\.isFinite))
        for (sound, eeg) in [(1, 1), (160, 2), (333, 13), (4000, 5), (7, 60)] {
            #expect(logits(sound: sound, eeg: eeg) == expected, "\(sound) \(eeg)")
        }
    }

    @Test func `a model of both comes back from its folder and reads the same`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-model-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var model = trained.model
        (model.card.simulatedEEG, model.card.control) = (true, .noise)
        try model.write(folder: folder)
        let back = try RecognizerModel(folder: folder)
        #expect(back.card == model.card && back.eegFit == model.eegFit)
        let rate = SimulationStand.rate
        #expect(
            RecognizerEvaluation(back, rate: rate).read(trained.corpus.test)
                == RecognizerEvaluation(trained.model, rate: rate).read(trained.corpus.test))
    }

    @Test func `controls deal texts out within training, by time within sessions, and put noise in place of EEG`() throws {
        let stand = try SimulationStand()
        defer { stand.remove() }
        let made = try stand.simulate(try stand.corpus("c", training: 30, test: 9, seed: 2), into: "made", .init())
        let shuffled = try made.texts(of: .shuffledLabels, seed: 1)
        #expect(shuffled[.test] == made[.test] && shuffled[.train].map(\.text) != made[.train].map(\.text))
        #expect(shuffled[.train].map(\.text).sorted() == made[.train].map(\.text).sorted())
        #expect(try made.texts(of: .shuffledLabels, seed: 1) == shuffled)
        let blocks = try made.texts(of: .blockOrder, seed: 1)
        let ordered = blocks[.train].sorted { ($0.eeg_from_s ?? 0) < ($1.eeg_from_s ?? 0) }.map(\.text)
        #expect(ordered == ordered.sorted() && Set(ordered).count > 3)
        #expect(throws: CorpusError.self) {
            try Corpus(path: "c", utterances: [Utterance(audio: "a", text: "b")]).texts(of: .blockOrder, seed: 1)
        }
        let sounds = try SpeechCorpus(made, rate: SimulationStand.rate)
        let plain = try EEGCorpus(made, sounds: sounds, hearsSound: true)
        let noise = try EEGCorpus(made, sounds: sounds, hearsSound: true, noiseSeed: 1)
        #expect(noise.training.map(\.samples) == plain.training.map(\.samples))
        #expect(noise.training[0].eeg?.count == plain.training[0].eeg?.count && noise.training[0].eeg != plain.training[0].eeg)
        #expect(try EEGCorpus(made, sounds: sounds, hearsSound: true, noiseSeed: 1).training == noise.training)
        for (a, b) in zip(plain.fit.mean, noise.fit.mean).prefix(5) { #expect(abs(a - b) < 0.2 * max(1, abs(a))) }
    }

    @Test func `babble in training is six voices in every string, and a training without it is the old one`() {
        let babble = Perturbation.babble(-5...5)
        #expect(babble.voices == 6...6 && babble.noisy == 1 && babble.babble == 1 && babble.speed == 1...1)
        #expect(!TrainingRecipe.live.fingerprint.contains("voices"))
    }
}
