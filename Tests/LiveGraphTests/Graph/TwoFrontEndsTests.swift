import Devices
import Foundation
import LiveGraph
import NeuralNetworks
import Recognition
import RecordedRig
import Rigs
import SignalFeatures
import Signals
import Testing

/// Recognisers with features of different kinds that hear one microphone.
@Suite struct TwoFrontEndsTests {
    private static let rig = """
        name = "two"

        [[device]]
        name = "mic"
        driver = "alsa"
        port = "default"

        [[recognizer]]
        name = "bands"
        audio = "mic.audio"

        [[recognizer]]
        name = "cepstra"
        audio = "mic.audio"

        [[recognizer]]
        name = "letters"
        audio = "mic.audio"
        partial = true
        """

    /// An untrained network names something all the time.
    private static func model(_ frontEnd: MelOptions, _ shape: RecognizerShape, _ units: Units) -> RecognizerModel {
        let statistics = Standardisation(
            mean: [Float](repeating: 0, count: shape.inputs), deviation: [Float](repeating: 4, count: shape.inputs))
        let card = RecognizerModel.Card(
            units: units, shape: shape, frontEnd: frontEnd, audioRate: 16_000, eegChannels: 0, standardisation: statistics,
            labelWindow: 2, seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0)
        return RecognizerModel(card: card, network: Network(shape.sequence(), seed: 9))
    }

    private static let words = Units(.words, texts: ["a", "b", "c"])
    private static let models = [
        model(.bands, .live(LiveShape(inputs: 40, width: 12, blocks: 2, outputs: 4, planes: [3])), words),
        model(.words, .words(WordsShape(inputs: 39, hidden: 12, layers: 1, outputs: 4)), words),
        model(
            .bands, .live(LiveShape(inputs: 40, width: 12, blocks: 1, outputs: 4, planes: [2])),
            Units(.characters, texts: [" ", "a", "b"])),
    ]

    private static let sound: [Float] = {
        var random = SplitMix64(seed: 3)
        return (0..<48_000).map { i in
            let loud = i / 4000 % 2 == 0 ? 0.3 : 0.003
            return Float(loud * (sin(Double(i) * 0.05 * (1 + Double(i / 8000))) + 0.3 * random.normal()))
        }
    }()

    private func decisions(pieces: [Int]) throws -> [Decision] {
        let device = GraphPlan.Device(name: "mic", streams: RecordedRig.microphone.makeDecoder().streams)
        let graph = StageGraph(
            try GraphPlan(rig: Rig(text: Self.rig, file: "rig.toml"), devices: [device], models: Self.models))
        var decisions: [Decision] = []
        var (start, turn) = (0, 0)
        while start < Self.sound.count {
            let count = min(pieces[turn % pieces.count], Self.sound.count - start)
            let header = SampleRingItem(
                stream: 0, channels: 1, frames: count, firstCounter: UInt64(start), missingBefore: 0,
                hostTime: HostTime(nanoseconds: Int64(start + count) * 62_500))
            Array(Self.sound[start..<start + count]).withUnsafeBufferPointer {
                graph.take(PipelineItem(device: 0, header: header, samples: $0)) { decisions.append($0) }
            }
            start += count
            turn += 1
        }
        graph.finish { decisions.append($0) }
        return decisions
    }

    /// What the streaming recogniser names by itself.
    private func alone(_ model: RecognizerModel) -> [(text: String, frame: UInt64)] {
        RecognizerEvaluation(model, rate: 16_000).read(Self.sound).map { (model.card.words[$0.index], $0.frame) }
    }

    private func words(_ decisions: [Decision], of stage: String) -> [(text: String, frame: UInt64)] {
        decisions.compactMap { decision in
            guard decision.stage == stage, !decision.isPartial, case .word(let text, let frame, _) = decision.content else {
                return nil
            }
            return (text, frame)
        }
    }

    @Test func `each reads what it reads alone, whatever the blocks`() throws {
        let whole = try decisions(pieces: [48_000])
        for (stage, model) in zip(["bands", "cepstra"], Self.models) {
            let expected = alone(model)
            #expect(!expected.isEmpty)
            let found = words(whole, of: stage)
            #expect(found.map(\.text) == expected.map(\.text) && found.map(\.frame) == expected.map(\.frame))
        }
        for pieces in [[160], [1, 37, 1000], [7777]] {
            let cut = try decisions(pieces: pieces)
            for stage in ["bands", "cepstra", "letters"] {
                #expect(words(cut, of: stage).map(\.text) == words(whole, of: stage).map(\.text))
                #expect(words(cut, of: stage).map(\.frame) == words(whole, of: stage).map(\.frame))
            }
        }
    }

    @Test func `a model of characters tells words as they are spelt, each longer than the one before`() throws {
        let all = try decisions(pieces: [160]).filter { $0.stage == "letters" }
        let spelt = alone(Self.models[2]).map(\.text).joined().split(separator: " ").joined()
        let final = all.compactMap { decision -> String? in
            if case .word(let text, _, _) = decision.content, !decision.isPartial { return text }
            return nil
        }
        #expect(final.joined() == spelt)
        var current = ""
        for decision in all {
            guard case .word(let text, _, _) = decision.content else { continue }
            #expect(!text.isEmpty && !text.contains(" "))
            if decision.isPartial {
                #expect(text.hasPrefix(current) || current.isEmpty || text.count == 1)
                current = text
            } else {
                #expect(text == current)
                current = ""
            }
        }
    }
}
