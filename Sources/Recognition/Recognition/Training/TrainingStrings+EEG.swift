import SignalFeatures
import Signals

extension TrainingStrings {
    var utterancesPerEpoch: Int {
        guard recipe.balancesSessions else { return spoken.count }
        let sessions = Dictionary(grouping: spoken, by: \.session)
        return sessions.count * (sessions.values.map(\.count).max() ?? 0)
    }

    /// Utterances of which each session has as many as the largest one: those of smaller ones come several times.
    func balanced(_ random: inout SplitMix64) -> [Int] {
        let sessions = Dictionary(grouping: spoken.indices) { spoken[$0].session }.sorted { $0.key < $1.key }.map(\.value)
        let most = sessions.map(\.count).max() ?? 0
        return sessions.flatMap { own in
            var left = own
            while left.count < most { left += own.shuffled(using: &random).prefix(most - left.count) }
            return left
        }
    }

    /// The EEG of an utterance. In a quarter of the strings a run of up to 300 ms is lost, as with a headset that loses packets.
    func evoked(_ index: Int, _ random: inout SplitMix64) -> Sample {
        let features = evokedEEG(index, &random)
        return Sample(
            features: features, frames: features.count / max(1, eegFeatures), target: labels[index], hasEEG: true)
    }

    private func evokedEEG(_ index: Int, _ random: inout SplitMix64) -> [Float] {
        var features = spokenEEG[index]
        let frames = features.count / max(1, eegFeatures)
        func lose(_ span: Range<Int>) {
            for frame in span { for k in 0..<eegFeatures { features[frame * eegFeatures + k] = absentEEG[k] } }
        }
        if losesFrames, frames > 60, random.integer(below: 4) == 0 {
            let begin = random.integer(below: frames - 30)
            lose(begin..<begin + 1 + random.integer(below: 30))
        }
        // Where there is sound, too, the headset may be away altogether.
        if losesFrames, audioFeatures > 0, random.integer(below: 16) == 0 { lose(0..<frames) }
        return features
    }

    /// The EEG of an utterance beside its sound, which waits for it: a frame has the EEG of its own time and the sound of
    /// ``soundDelay`` frames before.
    func beside(_ audio: [Float], frames: Int, _ index: Int, _ random: inout SplitMix64) -> [Float] {
        let eeg = evokedEEG(index, &random)
        let width = audioFeatures
        var features: [Float] = []
        features.reserveCapacity(frames * (width + eegFeatures))
        for frame in 0..<frames {
            let sound = frame - soundDelay
            if sound >= 0 {
                features += audio[sound * width..<(sound + 1) * width]
            } else {
                features += repeatElement(0, count: width)
            }
            let row = frame * eegFeatures
            features += row + eegFeatures <= eeg.count ? eeg[row..<row + eegFeatures] : absentEEG[...]
        }
        return features
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
