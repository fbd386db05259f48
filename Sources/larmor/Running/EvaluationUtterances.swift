import Foundation
import Recognition

/// The utterances that a recogniser is tested on.
struct EvaluationUtterances {
    let spoken: [SpokenText]
    /// Of each: the name of its sound, and where it begins if it is a part of one.
    let names: [String]
    /// Whom babble is made of; empty where none is asked for.
    let voices: [SpokenText]
    /// Whether any of their EEG was computed from the sounds.
    let isSimulated: Bool
    /// Files of the sounds.
    let sounds: [String]

    /// - Parameters:
    ///   - path: of a corpus or a folder of labelled sounds.
    ///   - split: nil for all. A corpus without any splits is all test.
    ///   - speakers: empty for all.
    ///   - babble: whether voices of other speakers are needed; all of the corpus are taken.
    /// - Throws: `CorpusError` also when nothing is left, or an utterance has no other speaker to be heard among.
    init(path: String, split: Utterance.Split?, speakers: [String], babble: Bool, model: RecognizerModel) throws {
        var isFolder: ObjCBool = false
        let found = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        var corpus = found ? try Corpus(folder: path, writtenTo: path + "/-") : try Corpus(file: path)
        var all = corpus
        for index in all.utterances.indices { all.utterances[index].split = .test }
        if corpus.utterances.allSatisfy({ $0.split == nil }) || split == nil {
            for index in corpus.utterances.indices { corpus.utterances[index].split = .test }
        } else if let split {
            corpus.utterances = corpus[split]
            for index in corpus.utterances.indices { corpus.utterances[index].split = .test }
        }
        if let stranger = speakers.first(where: { name in !corpus.utterances.contains { $0.speaker == name } }) {
            throw corpus.error(.noUtterances("the speaker “\(stranger)”"))
        }
        if !speakers.isEmpty { corpus.utterances.removeAll { !speakers.contains($0.speaker ?? "") } }
        guard !corpus.utterances.isEmpty else {
            throw CorpusError(
                path: path,
                reason: .noUtterances(
                    "some of the split \(split?.rawValue ?? "all")"
                        + (speakers.isEmpty ? "" : " by \(speakers.joined(separator: ", "))")))
        }
        guard corpus.utterances.contains(where: { !Units.words(in: $0.text).isEmpty }) else {
            throw corpus.error(.noUtterances("some with words in their texts: nothing could be counted"))
        }
        if babble {
            let known = Set(all.utterances.map { $0.speaker ?? "" })
            if let alone = corpus.utterances.first(where: { known.subtracting([$0.speaker ?? ""]).isEmpty }) {
                throw corpus.error(
                    .noUtterances("other speakers than “\(alone.speaker ?? "")”: babble is made of their voices"))
            }
        }
        if let control = model.card.control, control == .blockOrder { corpus = try corpus.texts(of: control, seed: 1) }
        names = corpus.utterances.map { ($0.eeg ?? $0.audio) + (($0.eeg_from_s ?? $0.from_s).map { "@\($0)" } ?? "") }
        if let specification = model.card.eegFrontEnd, let fit = model.eegFit, !model.card.isHearing {
            let eeg = try EEGCorpus(corpus, specification, fit)
            (spoken, voices, sounds, isSimulated) = (eeg.test, [], [], eeg.isSimulated)
            return
        }
        let rate = model.card.audioRate
        sounds = Array(Set(corpus.utterances.map(corpus.audioPath))).sorted()
        let speech = try SpeechCorpus(corpus, rate: rate)
        if let specification = model.card.eegFrontEnd, let fit = model.eegFit {
            let eeg = try EEGCorpus(corpus, specification, fit, sounds: speech)
            (spoken, isSimulated) = (eeg.test, eeg.isSimulated)
        } else {
            (spoken, isSimulated) = (speech.test, false)
        }
        voices = babble ? try SpeechCorpus(all, rate: rate).test : []
    }
}
