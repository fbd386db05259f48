import Signals

/// A training and a test whose data tell nothing of the texts: what a recogniser reads of them is no recognition.
public enum TrainingControl: String, Sendable, Codable, CaseIterable {
    /// Noise with the means and deviations of the training in place of the EEG.
    case noise
    /// The texts of training and validation, dealt out at random among their utterances.
    case shuffledLabels = "shuffled-labels"
    /// In place of what was said, texts that stand for the place in the session: each text for one stretch of time. What is read of them
    /// was read from drift.
    case blockOrder = "block-order"
}

extension Corpus {
    /// The corpus with the texts of a control.
    /// - Throws: ``CorpusError`` when the order in time of utterances without EEG is asked for.
    public func texts(of control: TrainingControl, seed: UInt64) throws(CorpusError) -> Corpus {
        var copy = self
        switch control {
        case .noise: break
        case .shuffledLabels:
            var random = SplitMix64(seed: seed)
            for split in [Utterance.Split.train, .validation] {
                let places = utterances.indices.filter { (utterances[$0].split ?? .train) == split }
                for (place, other) in zip(places, places.shuffled(using: &random)) {
                    copy.utterances[place].text = utterances[other].text
                }
            }
        case .blockOrder:
            if let mute = utterances.firstIndex(where: { $0.eeg == nil }) {
                throw error(at: mute, "it has no “eeg”: block order is that of the sessions' EEG")
            }
            let texts = Set(utterances.map(\.text)).sorted()
            for (_, places) in Dictionary(grouping: utterances.indices, by: { utterances[$0].eeg }) {
                let ordered = places.sorted { (utterances[$0].eegBegin, $0) < (utterances[$1].eegBegin, $1) }
                for (number, place) in ordered.enumerated() {
                    copy.utterances[place].text = texts[number * texts.count / ordered.count]
                }
            }
        }
        return copy
    }
}
