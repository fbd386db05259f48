public import Decoding
import Foundation
import NeuralNetworks

/// Reads utterances with a model's beam search from a running recogniser, word by word. It knows which frames of the stream they were, and
/// what the streams were like meanwhile.
///
/// Evaluation and the live graph read with it, so that both find the same. Its state is a value; nothing depends on how frames come.
public struct UtteranceReader: Sendable {
    /// A word of an utterance that has ended.
    public struct Word: Sendable, Equatable {
        public var text: String
        /// Frames of its first and last unit, as the stream numbers them, 100 a second.
        public var firstFrame: UInt64
        public var lastFrame: UInt64
        /// Natural logarithm of its confidence (``Decoding/DecodedUtterance/Word/confidence``).
        public var logProbability: Float
        /// From all texts that the search kept; nil unless it was asked for.
        public var evidence: WordEvidence?
    }

    /// An utterance that has ended.
    public struct Utterance: Sendable, Equatable {
        public var decoded: DecodedUtterance
        public var words: [Word]
        /// Its first and last frame, as the stream numbers them.
        public var firstFrame: UInt64
        public var lastFrame: UInt64
        /// From the end of the first word to the frame since which the text so far began with it, seconds.
        public var firstWordDelay: Double?
        /// Its units one by one, with the frames in which they began.
        public var units: [StreamingRecognizer.Word]
    }

    /// The text of an utterance that is being said.
    public struct Partial: Sendable, Equatable {
        /// Words with spaces between them.
        public var text: String
        /// The part that no later frame can change.
        public var settled: String
        /// Frame of the stream in which its last unit began.
        public var frame: UInt64
        public var lastWord: String { text.split(separator: " ").last.map(String.init) ?? text }
    }

    private struct Frame: Sendable {
        /// As the stream numbers it.
        var number: UInt64
        /// Frames of the front end that the meter had had then.
        var metered: Int
    }

    private var decoder: UtteranceDecoder
    private let graph: DecodingGraph
    /// Seconds of a frame of the network's output.
    private let period: Double
    private var meter: StreamQualityMeter?
    private let outliers: ElectrodeOutliers
    private var values: [Float] = []
    /// Of the decoder's frames since `first`.
    private var frames: [Frame] = []
    private var first = 0
    private var lastPartial = ""

    /// - Parameter tellsEvidence: whether words come with their evidence.
    public init(_ model: RecognizerModel, _ decoding: ModelDecoding, tellsEvidence: Bool) {
        let stride = model.network.layers.stride
        decoder = decoding.utterances(stride: stride)
        graph = decoding.text.graph
        period = Double(stride) / 100
        outliers = ElectrodeOutliers(model.card)
        if tellsEvidence {
            meter = StreamQualityMeter(
                eegChannels: outliers.channels, memory: (decoder.options.longest + 1) * stride + StreamQualityMeter.usualMemory)
        }
    }

    /// Takes a frame after the recogniser did. Outputs that are no numbers are left out.
    /// - Parameters:
    ///   - hasOutput: whether the frame gave the recogniser new logits.
    ///   - number: of the frame on the stream's clock, 100 a second; it jumps where something is missing.
    ///   - power: mean power of the frame's samples; nil without sound.
    ///   - eeg: features of the frame, not standardised; nil where there are none.
    /// - Returns: the utterance that ends with it.
    public mutating func take(
        _ recognizer: StreamingRecognizer, hasOutput: Bool, number: UInt64, power: Float?, eeg: UnsafeBufferPointer<Float>?
    ) -> Utterance? {
        meter?.take(number: number, power: power, outliers: eeg.map(outliers.count))
        guard hasOutput else { return nil }
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: recognizer.logits)
        LogSoftmax.apply(&values)
        frames.append(Frame(number: number, metered: meter?.count ?? 0))
        let found: DecodedUtterance?
        do {
            found = try values.withUnsafeBufferPointer { values throws(SearchError) in try decoder.push(values) }
        } catch {
            frames.removeLast()
            return nil
        }
        defer { forget() }
        return found.map(named)
    }

    /// The stream has ended.
    public mutating func finish() -> Utterance? {
        defer { forget() }
        return decoder.finish().map(named)
    }

    /// The text so far, when it is another than the last time.
    public mutating func newPartial() -> Partial? {
        guard let partial = decoder.partial, partial.text != lastPartial, !partial.text.isEmpty else { return nil }
        lastPartial = partial.text
        return Partial(text: partial.text, settled: partial.settled, frame: frames[partial.frame - first].number)
    }

    private func named(_ utterance: DecodedUtterance) -> Utterance {
        func number(_ frame: Int) -> UInt64 { frames[frame - first].number }
        let words = utterance.words.map { word in
            Word(
                text: word.text, firstFrame: number(word.frames.lowerBound), lastFrame: number(word.frames.upperBound),
                logProbability: Float(log(min(1, max(word.confidence, 1e-30)))),
                evidence: meter.map { meter in
                    WordEvidence(
                        posterior: word.posterior, margin: word.margin,
                        unitPosteriors: utterance.units[word.units].map(\.probability),
                        quality: meter.quality(after: frames[word.frames.upperBound - first].metered))
                })
        }
        return Utterance(
            decoded: utterance, words: words, firstFrame: number(utterance.frames.lowerBound),
            lastFrame: number(utterance.frames.upperBound - 1),
            firstWordDelay: utterance.firstWordDelay.map { Double($0) * period },
            units: utterance.units.map {
                .init(
                    index: $0.unit - 1, frame: number($0.frames.lowerBound),
                    logProbability: Float(log(max($0.probability, 1e-30))))
            })
    }

    private mutating func forget() {
        guard decoder.utteranceStart > first else { return }
        frames.removeFirst(min(frames.count, decoder.utteranceStart - first))
        first = decoder.utteranceStart
        lastPartial = ""
    }
}
