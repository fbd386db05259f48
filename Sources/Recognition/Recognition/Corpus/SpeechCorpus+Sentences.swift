import Signals

extension SpeechCorpus {
    /// Seconds between two words of a sentence.
    private static let gap = 0.05...0.15

    /// Sentences that are put together from single test words, word by word, each by one speaker.
    /// - Parameters:
    ///   - sentences: words with white space between them; those without a word are left out.
    ///   - speakers: who may speak; empty for all. They take turns.
    ///   - limit: at most so many sentences, drawn by chance; 0 for all, in a random order.
    ///   - pause: seconds of silence before each and after the last.
    ///   - seed: of order, recordings and gaps.
    /// - Returns: the strip, whose words are the sentences' single words.
    /// - Throws: `CorpusError` for a word that a speaker has no test recording of.
    public func sentenceStrip(
        _ sentences: [String], speakers: [String] = [], limit: Int, pause: Double, seed: UInt64
    ) throws(CorpusError) -> SpokenStrip {
        var random = SplitMix64(seed: seed)
        let wanted = sentences.map { Units.words(in: $0) }.filter { !$0.isEmpty }
        guard !wanted.isEmpty else { throw CorpusError(path: "speech", reason: .noUtterances("sentences with words")) }
        let order = Array(wanted.indices).shuffled(using: &random)
        var recordings: [String: [String: [SpokenText]]] = [:]
        for spoken in test where speakers.isEmpty || speakers.contains(spoken.speaker) {
            recordings[spoken.speaker, default: [:]][spoken.text, default: []].append(spoken)
        }
        let names = recordings.keys.sorted()
        guard !names.isEmpty else {
            throw CorpusError(
                path: "speech", reason: .noUtterances("test words" + (speakers.first.map { " by “\($0)”" } ?? "")))
        }
        let silence = [Float](repeating: 0, count: Int(pause * Double(rate)))
        var samples: [Float] = []
        var words: [SpokenStrip.Word] = []
        for (turn, sentence) in (limit > 0 ? Array(order.prefix(limit)) : order).enumerated() {
            samples += silence
            let speaker = names[turn % names.count]
            for word in wanted[sentence] {
                guard let found = recordings[speaker]?[word], !found.isEmpty else {
                    throw CorpusError(
                        path: "speech", reason: .noUtterances("a test recording of “\(word)” by “\(speaker)” for the sentences")
                    )
                }
                let spoken = found[random.integer(below: found.count)]
                words.append(.init(text: word, samples: samples.count..<samples.count + spoken.end))
                samples += spoken.samples[..<spoken.end]
                let seconds = Self.gap.lowerBound + (Self.gap.upperBound - Self.gap.lowerBound) * random.uniform()
                samples += [Float](repeating: 0, count: Int(seconds * Double(rate)))
            }
        }
        return SpokenStrip(samples: samples + silence + silence, rate: rate, words: words)
    }
}
