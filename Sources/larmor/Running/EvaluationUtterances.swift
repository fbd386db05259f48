import Foundation
import Recognition

/// The utterances that a recogniser is tested on.
struct EvaluationUtterances {
    let spoken: [SpokenText]

    /// - Parameters:
    ///   - path: of a corpus or a folder of labelled sounds.
    ///   - split: nil for all. A corpus without any splits is all test.
    ///   - speakers: empty for all.
    /// - Throws: `CorpusError` also when nothing is left.
    init(path: String, split: Utterance.Split?, speakers: [String], rate: Int) throws {
        var isFolder: ObjCBool = false
        let found = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        var corpus = found ? try Corpus(folder: path, writtenTo: path + "/-") : try Corpus(file: path)
        if corpus.utterances.allSatisfy({ $0.split == nil }) || split == nil {
            for index in corpus.utterances.indices { corpus.utterances[index].split = .test }
        } else if let split {
            corpus.utterances = corpus[split]
            for index in corpus.utterances.indices { corpus.utterances[index].split = .test }
        }
        if !speakers.isEmpty { corpus.utterances.removeAll { !speakers.contains($0.speaker ?? "") } }
        guard !corpus.utterances.isEmpty else {
            throw CorpusError(
                path: path,
                reason: .noUtterances(
                    "some of the split \(split?.rawValue ?? "all")"
                        + (speakers.isEmpty ? "" : " by \(speakers.joined(separator: ", "))")))
        }
        spoken = try SpeechCorpus(corpus, rate: rate).test
    }
}
