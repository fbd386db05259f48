import Dispatch
import SignalFeatures

/// Reads test utterances through the same streaming code as a live run, and counts what is wrong.
public struct RecognizerEvaluation: Sendable {
    /// One utterance and what was read.
    public struct Reading: Sendable, Equatable {
        public var speaker: String
        public var said: String
        public var read: String
        public var words: WordErrors
        /// Of the texts' characters without white space.
        public var characters: WordErrors
        /// Of each unit that was read, natural logarithm.
        public var logProbabilities: [Float]
    }

    private let model: RecognizerModel
    private let units: Units
    private let rate: Int
    private let decoding: TextDecoding?

    /// - Parameters:
    ///   - rate: of the test sounds; it has to be the model's.
    ///   - decoding: how outputs become text; nil for the model's own way.
    public init(_ model: RecognizerModel, rate: Int, decoding: TextDecoding? = nil) {
        self.decoding = decoding ?? model.decoding?.text
        precondition(rate == model.card.audioRate, "sound of another rate than the model's")
        (self.model, self.rate) = (model, rate)
        units = model.card.units
    }

    /// - Parameters:
    ///   - condition: noise that is added; nil for near silence.
    ///   - voices: whom babble is made of; the speaker of an utterance is left out of its own. nil for the utterances themselves.
    ///   - replaced: whether noise takes the place of the speech.
    ///   - progress: called now and then with the number of utterances done; returns false to stop.
    /// - Returns: readings in the order of the utterances; nil when it was stopped.
    public func read(
        _ utterances: [SpokenText], in condition: SoundCondition? = nil, voices: [SpokenText]? = nil, replaced: Bool = false,
        seed: UInt64 = 1,
        _ progress: (Int) -> Bool = { _ in true }
    ) -> [Reading]? {
        var readings: [Reading] = []
        let piece = 32
        for start in stride(from: 0, to: utterances.count, by: piece) {
            guard progress(start) else { return nil }
            let part = start..<min(start + piece, utterances.count)
            var results = [Reading?](repeating: nil, count: part.count)
            results.withUnsafeMutableBufferPointer { slots in
                nonisolated(unsafe) let slots = slots  // Each iteration writes its own slot only.
                DispatchQueue.concurrentPerform(iterations: part.count) { k in
                    let utterance = utterances[part.lowerBound + k]
                    let sound = utterance.heard(
                        rate: rate, in: condition, among: voices ?? utterances, replaced: replaced,
                        seed: seed &+ UInt64(part.lowerBound + k) &* 0x9E37_79B9_7F4A_7C15)
                    slots[k] = reading(of: utterance, sound)
                }
            }
            readings += results.compactMap { $0 }
        }
        return readings
    }

    private func reading(of utterance: SpokenText, _ sound: [Float]) -> Reading {
        let found = read(sound)
        let text = units.text(of: found.map { $0.index + 1 })
        return Reading(
            speaker: utterance.speaker, said: utterance.text, read: text,
            words: WordErrors(reference: Units.words(in: utterance.text), hypothesis: Units.words(in: text)),
            characters: WordErrors(
                reference: utterance.text.filter { !$0.isWhitespace }, hypothesis: text.filter { !$0.isWhitespace }),
            logProbabilities: found.map(\.logProbability))
    }

    /// Units in a sound.
    public func read(_ sound: [Float]) -> [StreamingRecognizer.Word] {
        if let decoding { return decoding.read(sound, model, rate: rate) }
        let front = MelFrontEnd(rate: rate, options: model.card.audioFeatures)
        var recognizer = StreamingRecognizer(model)
        var found: [StreamingRecognizer.Word] = []
        sound.withUnsafeBufferPointer { samples in
            front.feed(samples) { features, _ in
                if let unit = recognizer.step(audio: features, eeg: nil) { found.append(unit) }
            }
        }
        return found
    }

    /// Word error rate of all test utterances in one strip with half a second of silence between them, without EEG.
    /// - Returns: nil when the corpus has no test utterances.
    public func wordErrorRate(_ corpus: SpeechCorpus) -> Double? {
        guard !corpus.test.isEmpty else { return nil }
        let strip = corpus.testStrip(limit: 0, pause: 0.5, seed: model.card.seed)
        let text = units.text(of: read(strip.samples).map { $0.index + 1 })
        return WordErrors(
            reference: strip.words.flatMap { Units.words(in: $0.text) }, hypothesis: Units.words(in: text)
        ).rate
    }
}
