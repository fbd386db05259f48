import Foundation
import LiveGraph
import NeuralNetworks
import Recognition
import Rigs
import SignalFeatures
import Signals
import Testing

/// A recogniser that reads EEG alone: live it has the bytes of the recording.
@Suite struct EEGFrontEndStageTests {
    private static let channels = 3
    private static let rate = 250.0

    private static let signal: [Float] = {
        var random = SplitMix64(seed: 11)
        return (0..<3000 * channels).map { place in
            let (n, channel) = (place / channels, place % channels)
            let wave = 20 * sin(Double(n) * 0.1 * Double(channel + 1)) * (n / 300 % 2 == 0 ? 1 : 0.2)
            return Float((10_000 + wave + 3 * random.normal()) * 1e-6)
        }
    }()

    private static let model: RecognizerModel = {
        var specification = EEGFrontEndSpecification.krishna(channels: channels, rate: rate)
        (specification.components, specification.landmarks) = (6, 64)
        let recording = EEGRecording(rate: rate, channels: channels, values: signal)
        let rows = recording.features(specification, regression: [])
        let fit = try! EEGFrontEndFit(specification, rows: rows)
        let shape = RecognizerShape.words(WordsShape(inputs: specification.outputs, hidden: 12, layers: 1, outputs: 4))
        let statistics = Standardisation(
            mean: [Float](repeating: 0, count: shape.inputs), deviation: [Float](repeating: 0.5, count: shape.inputs))
        let card = RecognizerModel.Card(
            units: Units(.words, texts: ["a", "b", "c"]), shape: shape, eegFrontEnd: specification, standardisation: statistics,
            seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0)
        return RecognizerModel(card: card, network: Network(shape.sequence(), seed: 9), eegFit: fit)
    }()

    private static func stream(rate: Double = rate, channels: Int = channels) -> StreamDescription {
        StreamDescription(
            name: "headset.eeg", kind: .eeg, channels: (0..<channels).map { .init(label: "e\($0)", unit: .volt) },
            nominalRate: rate, device: "test")
    }

    private static func plan(_ stream: StreamDescription, section: String = "eeg = \"headset.eeg\"") throws -> GraphPlan {
        let rig = """
            name = "alone"
            [[device]]
            name = "headset"
            driver = "cyton"
            port = "/dev/ttyUSB0"
            [recognizer]
            \(section)
            """
        return try GraphPlan(
            rig: Rig(text: rig, file: "rig.toml"), devices: [GraphPlan.Device(name: "headset", streams: [stream])],
            models: [model])
    }

    /// Words with the frames in which they were named.
    private func words(pieces: [Int], without lost: Range<Int> = 0..<0) throws -> [String] {
        let graph = StageGraph(try Self.plan(Self.stream()))
        var found: [String] = []
        func note(_ decision: Decision) {
            if case .word(let text, let frame, let logProbability) = decision.content {
                found.append("\(text) \(frame) \(logProbability.bitPattern)")
            }
        }
        var (start, turn) = (0, 0)
        while start < 3000 {
            if lost.contains(start) { start = lost.upperBound }
            let limit = start < lost.lowerBound ? lost.lowerBound : 3000
            let count = min(pieces[turn % pieces.count], limit - start)
            let header = SampleRingItem(
                stream: 0, channels: Self.channels, frames: count, firstCounter: UInt64(start),
                missingBefore: start == lost.upperBound ? UInt64(lost.count) : 0,
                hostTime: HostTime(nanoseconds: Int64(start + count) * 4_000_000))
            Array(Self.signal[start * Self.channels..<(start + count) * Self.channels]).withUnsafeBufferPointer {
                graph.take(PipelineItem(device: 0, header: header, samples: $0), note)
            }
            (start, turn) = (start + count, turn + 1)
        }
        graph.finish(note)
        return found
    }

    /// What the recording gives, by the code of training and evaluation.
    private func recorded(without lost: Range<Int> = 0..<0) -> [String] {
        let kept = (0..<3000).filter { !lost.contains($0) }
        let values = kept.flatMap { Self.signal[$0 * Self.channels..<($0 + 1) * Self.channels] }
        let recording = EEGRecording(
            rate: Self.rate, channels: Self.channels, values: values, counters: kept.map { UInt64($0) })
        let rows = recording.features(Self.model.card.eegFrontEnd!, regression: [])
        return RecognizerEvaluation(Self.model, rate: 0).read(eeg: rows).map {
            "\(Self.model.card.words[$0.index]) \($0.frame) \($0.logProbability.bitPattern)"
        }
    }

    @Test func `live, in any pieces, it has the bytes of the recording, also with a hole`() throws {
        let expected = recorded()
        #expect(expected.count > 10)
        for pieces in [[1], [10], [7, 64, 1], [1000], [3000]] { #expect(try words(pieces: pieces) == expected, "\(pieces)") }
        for lost in [1500..<1520, 1500..<1800] {
            let holed = recorded(without: lost)
            #expect(holed != expected)
            for pieces in [[1], [10], [1000]] {
                #expect(try words(pieces: pieces, without: lost) == holed, "\(pieces) \(lost)")
            }
        }
    }

    @Test func `EEG of another rate or with other channels is refused with what the model needs`() {
        for (stream, section, words) in [
            (Self.stream(rate: 500), "eeg = \"headset.eeg\"", "250.0 Hz"),
            (Self.stream(channels: 2), "eeg = \"headset.eeg\"", "3 channels"),
        ] {
            let error = #expect(throws: (any Error).self) { try Self.plan(stream, section: section) }
            #expect(error.map { "\($0)" }?.contains(words) == true, "\(error.map { "\($0)" } ?? "")")
        }
    }
}
