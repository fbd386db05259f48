import SignalFeatures
import Signals

extension TrainingStrings {
    /// The EEG of an utterance. In a quarter of the strings a run of up to 300 ms is lost, as with a headset that loses packets.
    func evoked(_ index: Int, _ random: inout SplitMix64) -> Sample {
        var features = spokenEEG[index]
        let frames = features.count / max(1, eegFeatures)
        if losesFrames, frames > 60, random.integer(below: 4) == 0 {
            let begin = random.integer(below: frames - 30)
            for frame in begin..<begin + 1 + random.integer(below: 30) {
                for k in 0..<eegFeatures { features[frame * eegFeatures + k] = absentEEG[k] }
            }
        }
        return Sample(features: features, frames: frames, target: labels[index], hasEEG: true)
    }

    /// EEG that has nothing to do with the words beside each frame of sound.
    func addEEG(
        to audio: [Float], frames: Int, _ random: inout SplitMix64
    ) -> (features: [Float], hasEEG: Bool) {
        guard eegFeatures > 0 else { return (audio, false) }
        let available = eeg.count / eegFeatures
        // Half of the strings go without EEG, so that a lost headset does not end recognition.
        let hasEEG = available > 0 && random.integer(below: 2) == 0
        let begin = available > 0 ? random.integer(below: available) : 0
        let width = recipe.frontEnd.features
        var features: [Float] = []
        features.reserveCapacity(frames * (width + eegFeatures))
        for frame in 0..<frames {
            features += audio[frame * width..<(frame + 1) * width]
            if hasEEG {
                let row = (begin + frame) % available
                features += eeg[row * eegFeatures..<(row + 1) * eegFeatures]
            } else {
                features += repeatElement(0, count: eegFeatures)
            }
        }
        return (features, hasEEG)
    }
}
