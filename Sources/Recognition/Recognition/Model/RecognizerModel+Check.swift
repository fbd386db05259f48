import NeuralNetworks
import SignalFeatures

extension RecognizerModel.Card {
    /// What is wrong with a card that came from a file; nil when a network and a front end can be made of it.
    var problem: String? {
        if isHearing {
            guard (8000...192_000).contains(audioRate) else {
                return "an audio rate of \(audioRate) Hz; expected 8,000 … 192,000"
            }
            guard audioFeatures.fit(rate: audioRate) else { return "its front end does not fit sound of \(audioRate) Hz" }
        } else if eegFrontEnd == nil {
            return "it reads neither sound nor EEG"
        }
        if let problem = eegFrontEnd?.problem { return "its EEG front end has " + problem }
        if let channels = eegFrontEnd?.channels, channels != eegChannels {
            return "its EEG front end has \(channels) channels, it has \(eegChannels)"
        }
        guard (0...256).contains(eegChannels) else { return "\(eegChannels) EEG channels; expected 0 … 256" }
        guard shape.isPossible else { return "sizes that no network of the preset \(shape.preset.rawValue) has" }
        guard shape.sessions == sessions?.count else {
            return "input layers of \(shape.sessions ?? 0) sessions, and names of \(sessions?.count ?? 0)"
        }
        guard (0...10_000).contains(labelWindow) else { return "a label window of \(labelWindow) frames" }
        guard !words.contains(""), Set(words).count == words.count else { return "its units are not all different" }
        guard trainingWords >= 0, epochs >= 0 else { return "numbers of epochs and utterances below 0" }
        guard
            [validationErrorRate, validationLoss, testWordErrorRate].allSatisfy({ $0.map { $0 >= 0 && $0.isFinite } ?? true })
        else {
            return "error rates below 0"
        }
        let inputs = audioInputs + eegInputs
        guard shape.inputs == inputs, standardisation.mean.count == inputs, standardisation.deviation.count == inputs,
            shape.outputs == words.count + 1
        else { return "its sizes do not fit together: \(inputs) features, \(words.count) units" }
        guard standardisation.mean.allSatisfy(\.isFinite),
            standardisation.deviation.allSatisfy({ $0.isFinite && $0 > 0 })
        else { return "its features' means and deviations are not all finite numbers, or a deviation is not above 0" }
        return nil
    }
}
