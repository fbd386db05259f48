import Decoding
import Foundation
import Recognition

/// Reads utterances with a model's beam search from a running recogniser's logits, and knows which frames of the stream they were.
struct UtteranceReader {
    /// A word, finished or not.
    struct Word {
        var text: String
        /// Of its last unit.
        var frame: UInt64
        /// Natural logarithm of its confidence; of a guess, of no meaning.
        var logProbability: Float
    }

    private var decoder: UtteranceDecoder
    private var values: [Float] = []
    /// Frames of the stream that the decoder has had since `first` of its own.
    private var frames: [UInt64] = []
    private var first = 0
    private var lastGuess = ""

    init(_ decoder: UtteranceDecoder) { self.decoder = decoder }

    /// Takes the logits of one frame; those that are no numbers are left out.
    /// - Returns: the words of an utterance that ends with it.
    mutating func take(_ logits: [Float], frame: UInt64) -> [Word] {
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: logits)
        LogSoftmax.apply(&values)
        frames.append(frame)
        let found: DecodedUtterance?
        do {
            found = try values.withUnsafeBufferPointer { values throws(SearchError) in try decoder.push(values) }
        } catch {
            frames.removeLast()
            return []
        }
        let words = named(found)
        forget()
        return words
    }

    /// The stream has ended.
    mutating func finish() -> [Word] {
        let words = named(decoder.finish())
        forget()
        return words
    }

    /// The word that is being said, when it is another than the last time.
    mutating func guess() -> Word? {
        guard let partial = decoder.partial, let word = partial.text.split(separator: " ").last, partial.text != lastGuess
        else {
            return nil
        }
        lastGuess = partial.text
        return Word(text: String(word), frame: frames[partial.frame - first], logProbability: 0)
    }

    private func named(_ utterance: DecodedUtterance?) -> [Word] {
        (utterance?.words ?? []).map {
            Word(
                text: $0.text, frame: frames[$0.frames.upperBound - first],
                logProbability: Float(log(min(1, max($0.confidence, 1e-30)))))
        }
    }

    private mutating func forget() {
        guard decoder.utteranceStart > first else { return }
        frames.removeFirst(decoder.utteranceStart - first)
        first = decoder.utteranceStart
        lastGuess = ""
    }
}
