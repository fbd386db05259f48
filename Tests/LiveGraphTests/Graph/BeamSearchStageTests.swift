import Decoding
import Foundation
import LiveGraph
import NeuralNetworks
import Recognition
import Rigs
import SignalFeatures
import Signals
import Testing

/// A recogniser with a beam search, live: utterances, partial texts, evidence.
@Suite struct BeamSearchStageTests {
    private static let channels = 3
    private static let rate = 250.0
    private static let samples = 6000

    private static let signal: [Float] = {
        var random = SplitMix64(seed: 17)
        return (0..<samples * channels).map { place in
            let (n, channel) = (place / channels, place % channels)
            // Now and then nothing.
            let strength = n / 500 % 3 == 2 ? 0.0 : 1
            let wave = 20 * sin(Double(n) * 0.1 * Double(channel + 1)) * (n / 120 % 2 == 0 ? 1 : 0.2) * strength
            return Float((10_000 + wave + 2 * random.normal()) * 1e-6)
        }
    }()

    private static let model: RecognizerModel = {
        var specification = EEGFrontEndSpecification.krishna(channels: channels, rate: rate)
        (specification.components, specification.landmarks) = (6, 64)
        let recording = EEGRecording(rate: rate, channels: channels, values: signal)
        let fit = try! EEGFrontEndFit(specification, rows: recording.features(specification, regression: []))
        let shape = RecognizerShape.words(WordsShape(inputs: specification.outputs, hidden: 12, layers: 1, outputs: 4))
        let statistics = Standardisation(
            mean: [Float](repeating: 0, count: shape.inputs), deviation: [Float](repeating: 0.5, count: shape.inputs))
        let card = RecognizerModel.Card(
            units: Units(.characters, texts: [" ", "a", "b"]), shape: shape, eegFrontEnd: specification,
            standardisation: statistics, seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0)
        var model = RecognizerModel(card: card, network: Network(shape.sequence(), seed: 9), eegFit: fit)
        var settings = ModelDecoding.Settings()
        (settings.beam, settings.silence_s, settings.longest_s) = (16, 0.2, 3)
        model.decoding = try! ModelDecoding(
            card, settings, LanguageModel(text: "ab a\nb ab\nba ba b\n", units: .characters, order: 3))
        return model
    }()

    private static func plan(
        _ keys: String = "partial = true\nevidence = true\nutterances = true\nalternatives = 2", model: RecognizerModel = model
    ) throws -> GraphPlan {
        let rig = """
            name = "alone"
            [[device]]
            name = "headset"
            driver = "cyton"
            port = "/dev/ttyUSB0"
            [recognizer]
            eeg = "headset.eeg"
            \(keys)
            """
        let stream = StreamDescription(
            name: "headset.eeg", kind: .eeg, channels: (0..<channels).map { .init(label: "e\($0)", unit: .volt) },
            nominalRate: rate, device: "test")
        return try GraphPlan(
            rig: Rig(text: rig, file: "rig.toml"), devices: [GraphPlan.Device(name: "headset", streams: [stream])],
            models: [model])
    }

    private func decisions(_ plan: GraphPlan, pieces: [Int]) -> [Decision] {
        let graph = StageGraph(plan)
        var found: [Decision] = []
        var (start, turn) = (0, 0)
        while start < Self.samples {
            let count = min(pieces[turn % pieces.count], Self.samples - start)
            let header = SampleRingItem(
                stream: 0, channels: Self.channels, frames: count, firstCounter: UInt64(start), missingBefore: 0,
                hostTime: HostTime(nanoseconds: Int64(start + count) * 4_000_000))
            Array(Self.signal[start * Self.channels..<(start + count) * Self.channels]).withUnsafeBufferPointer {
                graph.take(PipelineItem(device: 0, header: header, samples: $0)) { found.append($0) }
            }
            (start, turn) = (start + count, turn + 1)
        }
        graph.finish { found.append($0) }
        return found
    }

    /// Without the time at which it was told, which is that of the piece.
    private func line(_ decision: Decision) -> String {
        var decision = decision
        decision.hostTime = HostTime(nanoseconds: 0)
        return decision.line(start: HostTime(nanoseconds: 0))
    }

    @Test func `in any pieces it decides the same, and ends utterances by silence and by length`() throws {
        let plan = try Self.plan()
        let expected = decisions(plan, pieces: [1]).map(line)
        for pieces in [[7], [64], [Self.samples], [7, 64, 1]] {
            #expect(decisions(plan, pieces: pieces).map(line) == expected, "\(pieces)")
        }
        for end in ["silence", "longest"] { #expect(expected.contains { $0.contains("\"end\":\"\(end)\"") }, "\(end)") }
    }

    @Test func `a text that is settled never changes, and is what the utterance begins with`() throws {
        var settled = ""
        var (partials, utterances) = (0, 0)
        for decision in decisions(try Self.plan(), pieces: [10]) {
            guard case .utterance(let utterance) = decision.content else { continue }
            #expect(utterance.text.hasPrefix(settled), "“\(utterance.text)” after “\(settled)”")
            switch utterance.progress {
            case .partial(let part, _):
                #expect(decision.isPartial && part.hasPrefix(settled) && utterance.text.hasPrefix(part))
                (settled, partials) = (part, partials + 1)
            case .ended(let first, let last, _, let delay, let alternatives):
                #expect(!decision.isPartial && first < last && (delay ?? 0) >= 0)
                #expect(alternatives.count <= 3 && alternatives.first?.text == utterance.text)
                (settled, utterances) = ("", utterances + 1)
            }
        }
        #expect(partials > 20 && utterances > 3, "\(partials) \(utterances)")
    }

    @Test func `words have evidence and are those of an evaluation of the recording`() throws {
        let found = decisions(try Self.plan("evidence = true"), pieces: [25])
        let words = found.filter { if case .word = $0.content { true } else { false } }
        let recording = EEGRecording(rate: Self.rate, channels: Self.channels, values: Self.signal)
        let heard = RecognizerEvaluation(Self.model, rate: 0).hear(
            eeg: recording.features(Self.model.card.eegFrontEnd!, regression: []))
        #expect(words.count > 5 && words.count == heard.count)
        for (decision, word) in zip(words, heard) {
            guard case .word(let text, let frame, let logProbability) = decision.content else { continue }
            #expect(text == word.text && frame == word.lastFrame && logProbability == word.logProbability)
            #expect(
                decision.evidence?.posterior == word.evidence?.posterior && decision.evidence?.margin == word.evidence?.margin)
        }
        // Without the key words have none, and nothing is told of utterances.
        for decision in decisions(try Self.plan(""), pieces: [25]) {
            #expect(decision.evidence == nil)
            if case .utterance = decision.content { Issue.record("an utterance that nobody asked for") }
        }
    }

    @Test func `utterances of a model without a beam search are refused with what to do`() {
        var plain = Self.model
        plain.decoding = nil
        let error = #expect(throws: (any Error).self) { try Self.plan("utterances = true", model: plain) }
        #expect(error.map { "\($0)" }?.contains("larmor model decoding") == true)
    }
}
