import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import Testing

/// Evidence of words against posteriors of the same frames, picked by hand. Networks are untrained, so they name units often.
@Suite struct WordEvidenceTests {
    private func model(_ kind: Units.Kind, _ texts: [String], window: Int, seed: UInt64) -> RecognizerModel {
        let shape = WordsShape(inputs: 39, hidden: 12, layers: 1, outputs: texts.count + 1)
        return RecognizerModel(
            card: .init(
                units: Units(kind, texts: texts), shape: .words(shape), frontEnd: .words, audioRate: 8000, eegChannels: 0,
                standardisation: Standardisation(
                    mean: [Float](repeating: 0, count: 39), deviation: [Float](repeating: 1, count: 39)), labelWindow: window,
                seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0),
            network: Network(shape.sequence(), seed: seed))
    }

    private let sound: [Float] = {
        var random = SplitMix64(seed: 21)
        return (0..<16_000).map { i in Float(0.1 * random.normal() * (sin(Double(i) / 900) > 0 ? 1 : 0.05)) }
    }()

    /// Logits of all frames and the units that were named.
    private func frames(_ model: RecognizerModel) -> (rows: [[Float]], named: [StreamingRecognizer.Word]) {
        let front = MelFrontEnd(rate: 8000, options: model.card.audioFeatures)
        var recognizer = StreamingRecognizer(model)
        var rows: [[Float]] = []
        var named: [StreamingRecognizer.Word] = []
        sound.withUnsafeBufferPointer { samples in
            front.feed(samples) { features, _ in
                if let unit = recognizer.step(audio: features, eeg: nil) { named.append(unit) }
                rows.append(recognizer.logits)
            }
        }
        return (rows, named)
    }

    @Test(arguments: [0, 1, 4])
    func `a word's posterior is that of the frames around it, as far as the label's window goes`(window: Int) throws {
        let model = model(.words, ["one", "two", "three"], window: window, seed: 5)
        let (rows, named) = frames(model)
        let heard = RecognizerEvaluation(model, rate: 8000).hear(sound)
        #expect(named.count >= 3 && heard.map(\.lastFrame) == named.map(\.frame))
        #expect(heard.map(\.logProbability) == named.map(\.logProbability))
        for (word, unit) in zip(heard, named) {
            var posterior = OccurrencePosterior(blank: 0, units: 4)
            let frame = Int(unit.frame)
            for row in rows[max(0, frame - window)..<min(rows.count, frame + window + 1)] {
                row.withUnsafeBufferPointer { posterior.take($0) }
            }
            let logs = try #require(posterior.logPosteriors)
            let evidence = try #require(word.evidence)
            #expect(word.text == ["one", "two", "three"][unit.index] && evidence.posterior == exp(logs[unit.index + 1]))
            let best = logs.enumerated().filter { $0.offset != unit.index + 1 }.map(\.element).max() ?? 0
            #expect(abs(evidence.margin - (logs[unit.index + 1] - best)) < 1e-12)
            #expect(evidence.quality?.lostFrames == 0 && evidence.quality?.eegOutliers == nil)
        }
    }

    @Test func `a spelt word's posterior is that of the frames between the units around it`() throws {
        let model = model(.characters, [" ", "a", "b"], window: 2, seed: 11)
        let (rows, named) = frames(model)
        let heard = RecognizerEvaluation(model, rate: 8000).hear(sound)
        // By hand: units between spaces.
        var words: [(units: [StreamingRecognizer.Word], previous: UInt64?, following: UInt64?)] = []
        var current: [StreamingRecognizer.Word] = []
        for (place, unit) in named.enumerated() {
            if unit.index != 0 { current.append(unit) }
            guard unit.index == 0 || place == named.count - 1, let first = current.first else { continue }
            let before = named.last { $0.frame < first.frame }?.frame
            words.append((current, before, unit.index == 0 ? unit.frame : nil))
            current = []
        }
        #expect(heard.count == words.count && !heard.isEmpty)
        for (word, expected) in zip(heard, words) {
            #expect(word.text == expected.units.map { ["", "a", "b"][$0.index] }.joined())
            #expect(word.firstFrame == expected.units.first?.frame && word.lastFrame == expected.units.last?.frame)
            let begin = max(Int(word.firstFrame) - 2, expected.previous.map { Int($0) + 1 } ?? 0, 0)
            let end = min(Int(word.lastFrame) + 3, expected.following.map { Int($0) } ?? rows.count, rows.count)
            let found = try CTCPosterior(blank: 0).evaluate(
                expected.units.map { $0.index + 1 }, logits: Array(rows[begin..<end].joined()), units: 4)
            #expect(word.evidence?.posterior == exp(found.logPosterior) && word.evidence?.margin == found.margin)
            #expect(word.evidence?.unitPosteriors.count == expected.units.count)
        }
    }

    @Test func `the signal-to-noise ratio is that of loud over quiet tenths of a second, and losses are counted for a second`()
    {
        let model = model(.words, ["one"], window: 0, seed: 5)
        var scorer = WordScorer(model.card)
        let recognizer = StreamingRecognizer(model)
        var number: UInt64 = 0
        func feed(_ frames: Int, power: Float?, _ scorer: inout WordScorer) {
            for _ in 0..<frames {
                scorer.take(recognizer, number: number, power: power, eeg: nil)
                number += 1
            }
        }
        func quality(_ scorer: WordScorer) -> StreamQuality? {
            scorer.evidence(of: [1], first: scorer.frames - 1, last: scorer.frames - 1)?.quality
        }
        feed(5, power: 1, &scorer)
        #expect(quality(scorer)?.snr_dB == nil)
        feed(95, power: 0.001, &scorer)
        feed(50, power: 0.1, &scorer)
        // 10 log(0.1 / 0.001)
        #expect(abs((quality(scorer)?.snr_dB ?? 0) - 20) < 1e-4)
        // The noise is remembered for three seconds.
        feed(240, power: 0.1, &scorer)
        #expect(abs((quality(scorer)?.snr_dB ?? 0) - 20) < 1e-4)
        feed(60, power: 0.1, &scorer)
        #expect(abs(quality(scorer)?.snr_dB ?? 9) < 1e-4)
        number += 30
        feed(50, power: 0.1, &scorer)
        #expect(quality(scorer)?.lostFrames == 30)
        feed(35, power: 0.1, &scorer)
        // Of the 30 frames that are missing before the 85 only 16 lie in the second.
        #expect(quality(scorer)?.lostFrames == 16)
        feed(20, power: nil, &scorer)
        #expect(quality(scorer)?.lostFrames == 0)
    }

    @Test func `EEG that is absent or far off is told, for models that take EEG`() {
        let inputs = 39 + 2 * EEGFrontEnd.featuresPerChannel
        let shape = WordsShape(inputs: inputs, hidden: 4, layers: 1, outputs: 2)
        let card = RecognizerModel.Card(
            units: Units(.words, texts: ["one"]), shape: .words(shape), frontEnd: .words, audioRate: 8000, eegChannels: 2,
            standardisation: Standardisation(
                mean: [Float](repeating: 0, count: inputs), deviation: [Float](repeating: 1, count: inputs)), labelWindow: 0,
            seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0)
        var scorer = WordScorer(card)
        let recognizer = StreamingRecognizer(RecognizerModel(card: card, network: Network(card.shape.sequence(), seed: 1)))
        for frame in 0..<100 {
            // The second channel is off in every other frame; after 60 frames the headset is gone.
            var eeg = [Float](repeating: 0, count: 10)
            eeg[5] = frame % 2 == 0 ? 9 : 1
            eeg.withUnsafeBufferPointer {
                scorer.take(recognizer, number: UInt64(frame), power: nil, eeg: frame < 60 ? $0 : nil)
            }
        }
        let quality = scorer.evidence(of: [1], first: 99, last: 99)?.quality
        #expect(quality?.eegAbsentFrames == 40 && quality?.eegOutliers == 0.25 && quality?.snr_dB == nil)
    }

    @Test func `words are right or wrong by the alignment, and a table has what is known`() throws {
        let evidence = WordEvidence(
            posterior: 1, margin: 4.5, unitPosteriors: [1],
            quality: StreamQuality(snr_dB: 12.345, lostFrames: 2, eegAbsentFrames: 3, eegOutliers: 0.5))
        let words = [
            HeardWord(text: "one", firstFrame: 80, lastFrame: 80, logProbability: 0, evidence: evidence),
            HeardWord(text: "three", firstFrame: 130, lastFrame: 130, logProbability: -1, evidence: nil),
            HeardWord(text: "four", firstFrame: 180, lastFrame: 180, logProbability: -0.5, evidence: nil),
        ]
        let reading = RecognizerEvaluation.Reading(
            speaker: "s", said: "one two", read: "one three four",
            words: WordErrors(reference: ["one", "two"], hypothesis: ["one", "three", "four"]), characters: WordErrors(),
            heard: words)
        let scored = ScoredWord.words(of: reading, utterance: "a,b \"c\".wav")
        #expect(scored.map(\.isRight) == [true, false, false] && scored.count { $0.said == nil } == 1)
        // A word that is one unit is named at its end; where it began is not known.
        #expect(scored[0].from_s == nil && abs(scored[0].to_s - 0.5) < 1e-9)
        let lines = ScoredWord.table(scored, modelSHA256: String(repeating: "a", count: 64)).split(separator: "\n")
        #expect(
            lines[0] == "utterance,speaker,word,said,from_s,to_s,y,x,posterior,margin,snr_dB,lost_frames,eeg_absent_frames,"
                + "eeg_outliers,model_sha256")
        #expect(
            lines[1] == "\"a,b \"\"c\"\".wav\",s,one,one,,0.50,1,0.9999999403953552,0.9999999999999998,4.5,12.35,2,3,0.5,"
                + String(repeating: "a", count: 64)
                || lines[1].contains(",12.34,2,3,0.5,"))
        #expect(lines[2].hasPrefix("\"a,b \"\"c\"\".wav\",s,three,") && lines[2].contains(",0,0.36787"))
    }
}
