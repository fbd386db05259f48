import SignalFeatures

/// Reads a corpus's test words offline, through the same streaming code as live.
public struct RecognizerEvaluation {
    private let corpus: SpeechCorpus

    public init(corpus: SpeechCorpus) { self.corpus = corpus }

    /// All test words in one strip with silence between them, without EEG.
    /// - Returns: nil when the corpus has no test words.
    public func wordErrorRate(_ model: RecognizerModel) -> Double? {
        guard !corpus.test.isEmpty else { return nil }
        let strip = corpus.testStrip(limit: 0, pause: 0.5, seed: model.card.seed)
        let front = MelFrontEnd(rate: corpus.rate)
        var recognizer = StreamingRecognizer(model)
        var words: [String] = []
        strip.samples.withUnsafeBufferPointer { samples in
            front.feed(samples) { features, _ in
                if let word = recognizer.step(audio: features, eeg: nil) { words.append(model.card.words[word.index]) }
            }
        }
        return WordErrors(reference: strip.words.map(\.text), hypothesis: words).rate
    }
}
