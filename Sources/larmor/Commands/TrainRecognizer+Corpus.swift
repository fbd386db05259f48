import ArgumentParser
import Recognition

extension TrainRecognizer {
    /// The utterances that it trains on, is watched with and is tested on.
    func readCorpus() throws -> Corpus {
        var read = try corpus.map { try Corpus(file: $0) } ?? Corpus(folder: speech ?? "", writtenTo: (speech ?? "") + "/-")
        if let stranger = holdOut.first(where: { name in !read.utterances.contains { $0.speaker == name } }) {
            throw read.error(.noUtterances("the speaker “\(stranger)”"))
        }
        read.utterances.removeAll { holdOut.contains($0.speaker ?? "") && $0.split != .test }
        try read.checkLeaks(disjoint.map(\.key))
        guard !read[.train].isEmpty else { throw read.error(.noUtterances("some whose split is train")) }
        guard read[.train].contains(where: { !Units.words(in: $0.text).isEmpty }) else {
            throw read.error(.noUtterances("a training text that is not empty"))
        }
        // What was held out is what the model is tested on.
        if !holdOut.isEmpty { read.utterances.removeAll { $0.split == .test && !holdOut.contains($0.speaker ?? "") } }
        return read
    }

    /// Nil where no babble is asked for.
    func babbleRatios() throws -> ClosedRange<Double>? {
        guard let babble else { return nil }
        let ends = babble.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        guard (1...2).contains(ends.count), ends.allSatisfy((-60.0...120).contains), ends == ends.sorted() else {
            throw ValidationError("--babble is a number of dB, or two with a comma, the lower first; found “\(babble)”")
        }
        return ends[0]...ends[ends.count - 1]
    }
}
