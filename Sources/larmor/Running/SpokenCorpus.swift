import Foundation
import Recognition
import Reservoirs

/// A folder of spoken words for a task of reservoirs.
struct SpokenCorpus {
    let words: [SpokenWord]
    let labels: [String]
    let doubtful: [DoubtfulSound]
    /// Samples per second.
    static let rate = 8000

    /// - Throws: `CorpusError`, `AudioError`.
    init(folder: String) throws {
        var corpus = try Corpus(folder: folder, writtenTo: folder + "/-")
        Self.chooseValidation(&corpus)
        let sounds = try SpeechCorpus(corpus, rate: Self.rate)
        let labels = sounds.texts
        let parts: [([SpokenText], SpokenWord.Part)] = [
            (sounds.training, .training), (sounds.validation, .validation), (sounds.test, .test),
        ]
        words = parts.flatMap { spoken, part in
            spoken.map {
                guard let label = labels.firstIndex(of: $0.text) else {
                    preconditionFailure("the labels are those of the words")
                }
                return SpokenWord(samples: $0.samples, label: label, speaker: $0.speaker, part: part)
            }
        }
        self.labels = labels
        doubtful = sounds.doubtful
    }

    /// Of the training words of a speaker and text, in the order of their numbers, the fifth and every tenth after it: of 5 to 49 these are 9,
    /// 19, 29, 39 and 49.
    private static func chooseValidation(_ corpus: inout Corpus) {
        guard corpus[.validation].isEmpty else { return }
        let learned = corpus.utterances.indices.filter { (corpus.utterances[$0].split ?? .train) == .train }
        let groups = Dictionary(grouping: learned) { index in
            [corpus.utterances[index].speaker ?? "", corpus.utterances[index].text]
        }
        for group in groups.values {
            let order = group.sorted {
                corpus.utterances[$0].audio.compare(corpus.utterances[$1].audio, options: .numeric) == .orderedAscending
            }
            for (place, index) in order.enumerated() where place % 10 == 4 { corpus.utterances[index].split = .validation }
        }
    }
}
