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
        /// The words of ``read`` one by one.
        public var heard: [HeardWord]
        /// Empty where nobody knows.
        public var language = ""

        public init(
            speaker: String, said: String, read: String, words: WordErrors, characters: WordErrors, heard: [HeardWord]
        ) {
            (self.speaker, self.said, self.read) = (speaker, said, read)
            (self.words, self.characters, self.heard) = (words, characters, heard)
        }

        /// The same with words written otherwise, where `writing` knows them.
        public func written(with writing: [String: String]) -> Reading {
            func rewrite(_ text: String) -> String {
                Units.words(in: text).map { writing[$0] ?? $0 }.joined(separator: " ")
            }
            var copy = self
            (copy.said, copy.read) = (rewrite(said), rewrite(read))
            copy.words = WordErrors(reference: Units.words(in: copy.said), hypothesis: Units.words(in: copy.read))
            copy.characters = WordErrors(
                reference: copy.said.filter { !$0.isWhitespace }, hypothesis: copy.read.filter { !$0.isWhitespace })
            return copy
        }
    }

    private let model: RecognizerModel
    private let units: Units
    private let rate: Int
    private let decoding: ModelDecoding?

    /// - Parameters:
    ///   - rate: of the test sounds; it has to be the model's.
    ///   - decoding: how outputs become text; nil for the model's own way.
    public init(_ model: RecognizerModel, rate: Int, decoding: ModelDecoding? = nil) {
        self.decoding = decoding ?? model.decoding
        precondition(rate == model.card.audioRate, "sound of another rate than the model's")
        (self.model, self.rate) = (model, rate)
        units = model.card.units
    }

    /// What a recogniser of EEG is given.
    public enum EEGInput: Sendable { case recorded, noise, absent }

    /// - Parameters:
    ///   - condition: noise that is added; nil for near silence.
    ///   - voices: whom babble is made of; the speaker of an utterance is left out of its own. nil for the utterances themselves.
    ///   - replaced: whether noise takes the place of the speech, and of the EEG.
    ///   - eegInput: what takes the place of the EEG.
    ///   - progress: called now and then with the number of utterances done; returns false to stop.
    /// - Returns: readings in the order of the utterances; nil when it was stopped.
    public func read(
        _ utterances: [SpokenText], in condition: SoundCondition? = nil, voices: [SpokenText]? = nil, replaced: Bool = false,
        eegInput: EEGInput = .recorded, seed: UInt64 = 1, _ progress: (Int) -> Bool = { _ in true }
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
                    let own = seed &+ UInt64(part.lowerBound + k) &* 0x9E37_79B9_7F4A_7C15
                    var eeg = model.card.eegFrontEnd == nil ? nil : utterance.eeg
                    if replaced || eegInput == .noise { eeg = eeg.map { noise(like: $0, seed: own) } }
                    if eegInput == .absent { eeg = eeg.map { $0.isEmpty ? $0 : absent(frames: $0.count) } }
                    guard model.card.isHearing else {
                        slots[k] = reading(of: utterance, hear(nil, eeg: eeg ?? [], session: utterance.session))
                        return
                    }
                    let sound = utterance.heard(
                        rate: rate, in: condition, among: voices ?? utterances,
                        tail: Double(model.card.soundDelay ?? 0) / 100, replaced: replaced, seed: own)
                    slots[k] = reading(of: utterance, hear(sound, eeg: eeg, session: utterance.session))
                }
            }
            readings += results.compactMap { $0 }
        }
        return readings
    }

    private func reading(of utterance: SpokenText, _ heard: [HeardWord]) -> Reading {
        let text = heard.map(\.text).joined(separator: " ")
        var reading = Reading(
            speaker: utterance.speaker, said: utterance.text, read: text,
            words: WordErrors(reference: Units.words(in: utterance.text), hypothesis: Units.words(in: text)),
            characters: WordErrors(
                reference: utterance.text.filter { !$0.isWhitespace }, hypothesis: text.filter { !$0.isWhitespace }),
            heard: heard)
        reading.language = utterance.language
        return reading
    }

    /// Units in the EEG of an utterance.
    /// - Parameter eeg: raw features (``SpokenText/eeg``).
    public func read(eeg: [Float]) -> [StreamingRecognizer.Word] { named(in: { forEachFrame(nil, eeg, $0) }) }

    /// Words in the EEG of an utterance, each with its evidence.
    public func hear(eeg: [Float]) -> [HeardWord] { hear(nil, eeg: eeg) }

    /// Units in a sound.
    public func read(_ sound: [Float]) -> [StreamingRecognizer.Word] { named(in: { forEachFrame(sound, nil, $0) }) }

    /// Words in a sound, each with its evidence.
    /// - Parameters:
    ///   - sound: nil for EEG alone.
    ///   - eeg: of each frame, raw features; nil for none.
    ///   - session: of a model with an input layer for each; another one than the training's is read with the last one's.
    public func hear(_ sound: [Float]?, eeg: [Float]? = nil, session: String = "") -> [HeardWord] {
        heard(session, in: { forEachFrame(sound, eeg, $0) })
    }

    /// What a recogniser takes in a hundredth of a second.
    private struct Frame {
        var audio: UnsafeBufferPointer<Float>
        var eeg: UnsafeBufferPointer<Float>?
        var power: Float?
    }

    private func forEachFrame(_ sound: [Float]?, _ eeg: [Float]?, _ body: (Frame) -> Void) {
        let width = model.card.eegFrontEnd?.rawFeatures ?? 1
        (eeg ?? []).withUnsafeBufferPointer { rows in
            func row(_ frame: Int) -> UnsafeBufferPointer<Float>? {
                (frame + 1) * width <= rows.count && eeg != nil
                    ? UnsafeBufferPointer(rebasing: rows[frame * width..<(frame + 1) * width]) : nil
            }
            guard let sound else {
                for frame in 0..<rows.count / width {
                    body(Frame(audio: UnsafeBufferPointer(start: nil, count: 0), eeg: row(frame)))
                }
                return
            }
            let front = MelFrontEnd(rate: rate, options: model.card.audioFeatures)
            var frame = 0
            sound.withUnsafeBufferPointer { samples in
                front.feed(samples) { features, power in
                    body(Frame(audio: features, eeg: row(frame), power: power))
                    frame += 1
                }
            }
        }
    }

    private func named(in frames: ((Frame) -> Void) -> Void) -> [StreamingRecognizer.Word] {
        if let decoding { return utterances(decoding, "", frames).flatMap(\.units) }
        var found: [StreamingRecognizer.Word] = []
        var recognizer = StreamingRecognizer(model)
        frames { frame in
            if let unit = recognizer.step(audio: frame.audio, eeg: frame.eeg) { found.append(unit) }
        }
        return found
    }

    private func heard(_ session: String, in frames: ((Frame) -> Void) -> Void) -> [HeardWord] {
        if let decoding {
            return utterances(decoding, session, frames).flatMap(\.words).map {
                HeardWord(
                    text: $0.text, firstFrame: $0.firstFrame, lastFrame: $0.lastFrame, logProbability: $0.logProbability,
                    evidence: $0.evidence)
            }
        }
        var collector = HeardWords(model.card)
        var recognizer = StreamingRecognizer(model, session: session)
        frames { frame in
            let unit = recognizer.step(audio: frame.audio, eeg: frame.eeg)
            collector.take(recognizer, power: frame.power, named: unit)
        }
        return collector.finish()
    }

    /// What a beam search reads, as it does live.
    private func utterances(
        _ decoding: ModelDecoding, _ session: String, _ frames: ((Frame) -> Void) -> Void
    ) -> [UtteranceReader.Utterance] {
        var found: [UtteranceReader.Utterance] = []
        var recognizer = StreamingRecognizer(model, session: session)
        var reader = UtteranceReader(model, decoding, tellsEvidence: true)
        var number: UInt64 = 0
        frames { frame in
            let hasOutput = recognizer.advance(audio: frame.audio, eeg: frame.eeg)
            // As the words of the best path: test sounds have no EEG whose electrodes could be off.
            let ended = reader.take(recognizer, hasOutput: hasOutput, number: number, power: frame.power, eeg: nil)
            if let ended { found.append(ended) }
            number += 1
        }
        if let last = reader.finish() { found.append(last) }
        return found
    }

    /// Normal noise of the training's means and deviations in place of EEG: the control.
    private func noise(like eeg: [Float], seed: UInt64) -> [Float] {
        guard let specification = model.card.eegFrontEnd, let fit = model.eegFit else { return eeg }
        return EEGNoise.like(eeg, specification, fit, seed: seed)
    }

    /// Raw features of a headset that is away.
    private func absent(frames count: Int) -> [Float] {
        guard let specification = model.card.eegFrontEnd else { return [] }
        return (0..<count).map { $0 % specification.rawFeatures < specification.kernelFeatures ? 0 : 1 }
    }

    /// Word error rate of the test utterances of a recogniser that reads EEG, alone or with their sounds; nil when there are none.
    public func wordErrorRate(_ corpus: EEGCorpus) -> Double? {
        guard !corpus.test.isEmpty else { return nil }
        return read(corpus.test)?.reduce(WordErrors()) { $0 + $1.words }.rate
    }

    /// Word error rate of all test utterances in one strip with half a second of silence between them, without EEG.
    /// - Returns: nil when the corpus has no test utterances.
    public func wordErrorRate(_ corpus: SpeechCorpus) -> Double? {
        guard !corpus.test.isEmpty else { return nil }
        let strip = corpus.testStrip(limit: 0, pause: 0.5, seed: model.card.seed)
        let text =
            decoding == nil
            ? units.text(of: read(strip.samples).map { $0.index + 1 })
            : hear(strip.samples).map(\.text).joined(separator: " ")
        return WordErrors(
            reference: strip.words.flatMap { Units.words(in: $0.text) }, hypothesis: Units.words(in: text)
        ).rate
    }
}
