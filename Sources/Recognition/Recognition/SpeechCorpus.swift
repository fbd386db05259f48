import AudioFiles
import Dispatch
import Signals

/// Labelled words at the rate of the rig's microphone.
public struct SpeechCorpus: Sendable {
    /// One recording of a word.
    public struct Word: Sendable {
        /// Index into ``SpeechCorpus/labels``.
        public var label: Int
        /// At the corpus' rate, relative to full scale.
        public var samples: [Float]
    }

    /// The words that there are, sorted.
    public let labels: [String]
    /// Index 5 and above of each speaker and word.
    public let training: [Word]
    /// Index 0–4.
    public let test: [Word]
    /// Samples per second.
    public let rate: Int

    /// Reads and resamples the whole folder.
    /// - Throws: `AudioError` that names the file.
    public init(folder: String, rate: Int) throws {
        let speech = try LabelledSpeech(folder: folder)
        labels = speech.labels
        self.rate = rate
        training = try Self.read(speech.training, speech.labels, rate)
        test = try Self.read(speech.test, speech.labels, rate)
        guard !training.isEmpty else {
            throw AudioError(path: folder, reason: .unreadable("it has no training files (index 5 and more)"))
        }
    }

    private static func read(
        _ utterances: [LabelledSpeech.Utterance], _ labels: [String], _ rate: Int
    ) throws -> [Word] {
        var results = [Result<Word, any Error>?](repeating: nil, count: utterances.count)
        results.withUnsafeMutableBufferPointer { slots in
            nonisolated(unsafe) let slots = slots  // Each iteration writes its own slot only.
            DispatchQueue.concurrentPerform(iterations: utterances.count) { index in
                let utterance = utterances[index]
                slots[index] = Result {
                    let audio = try AudioFile(path: utterance.path).resampled(to: rate)
                    guard let label = labels.firstIndex(of: utterance.label) else {
                        throw AudioError(
                            path: utterance.path, reason: .unreadable("its word “\(utterance.label)” is none of the corpus"))
                    }
                    return Word(label: label, samples: audio.samples)
                }
            }
        }
        return try results.compactMap { try $0?.get() }
    }

    /// The training words for a recogniser.
    public var spoken: [SpokenWord] {
        training.map { SpokenWord(samples: $0.samples, rate: rate, word: $0.label) }
    }

    /// The test words one after the other with silence between them.
    /// - Parameters:
    ///   - limit: at most so many words; 0 for all.
    ///   - pause: seconds of silence before each word and after the last.
    ///   - seed: of the order.
    public func testStrip(limit: Int, pause: Double, seed: UInt64) -> SpokenStrip {
        var random = SplitMix64(seed: seed)
        let order = Array(test.indices).shuffled(using: &random)
        let chosen = limit > 0 ? Array(order.prefix(limit)) : order
        var samples: [Float] = []
        var words: [SpokenStrip.Word] = []
        let silence = [Float](repeating: 0, count: Int(pause * Double(rate)))
        for index in chosen {
            let word = test[index]
            samples += silence
            let end = SpokenWord(samples: word.samples, rate: rate, word: 0).end
            words.append(.init(text: labels[word.label], samples: samples.count..<samples.count + end))
            samples += word.samples
        }
        return SpokenStrip(samples: samples + silence + silence, rate: rate, words: words)
    }
}
