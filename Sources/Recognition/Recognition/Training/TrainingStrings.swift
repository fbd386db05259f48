import Glibc
import NeuralNetworks
import SignalFeatures
import Signals

/// A word's sound at the model's rate.
public struct SpokenWord: Sendable {
    public var samples: [Float]
    /// Index in the list of words.
    public var word: Int
    /// Sample after the last loud one: where the word ends.
    public var end: Int

    /// The end is the last 10 ms that are no more than 30 dB below the loudest.
    public init(samples: [Float], rate: Int, word: Int) {
        self.samples = samples
        self.word = word
        let hop = max(1, rate / 100)
        let powers = stride(from: 0, to: samples.count, by: hop).map { start in
            samples[start..<min(start + hop, samples.count)].reduce(Float(0)) { $0 + $1 * $1 }
        }
        let loudest = powers.max() ?? 0
        let last = powers.lastIndex { $0 >= loudest * 1e-3 } ?? 0
        end = min(samples.count, (last + 1) * hop)
    }
}

/// Joins single words to strings with silence between them, and says in which frames each label may stand.
///
/// A causal network under plain CTC learns to name a word at its first sound; so the label is allowed only within a window
/// after the word's end.
struct TrainingStrings {
    let rate: Int
    let words: [SpokenWord]
    /// EEG features at 100 Hz that have nothing to do with the words, shape `[frames, eegFeatures]`; empty without EEG.
    let eeg: [Float]
    let eegFeatures: Int
    let labelWindow: Int

    /// One string, not standardised.
    struct Sample {
        var features: [Float]
        var frames: Int
        var target: [Int]
        var windows: [ClosedRange<Int>]
        /// False when the string has no EEG: then its place is filled with the mean after standardisation.
        var hasEEG: Bool
    }

    /// All words once, in a random order, in strings of one to four words.
    func groups(_ random: inout SplitMix64) -> [[Int]] {
        var order = Array(words.indices)
        order.shuffle(using: &random)
        var groups: [[Int]] = []
        var start = 0
        while start < order.count {
            let count = min(order.count - start, 1 + random.integer(below: 4))
            groups.append(Array(order[start..<start + count]))
            start += count
        }
        return groups
    }

    func make(_ group: [Int], seed: UInt64) -> Sample {
        var random = SplitMix64(seed: seed)
        var signal: [Float] = []
        var ends: [Int] = []
        let pause = { (random: inout SplitMix64) in Int((0.3 + 0.5 * random.uniform()) * Double(self.rate)) }
        signal += [Float](repeating: 0, count: pause(&random))
        for index in group {
            let word = words[index]
            let gain = Float(exp2(random.uniform() * 2 - 1))
            ends.append(signal.count + word.end)
            signal += word.samples.map { $0 * gain }
            signal += [Float](repeating: 0, count: pause(&random))
        }
        // Some rooms are quiet, some are not.
        let noise = random.integer(below: 2) == 0 ? 0 : Float(exp2(-14 + 4 * random.uniform()))
        if noise > 0 { for i in signal.indices { signal[i] += noise * Float(random.normal()) } }

        let audio = MelFrontEnd.features(of: signal, rate: rate)
        let frames = audio.energies.count
        let window = rate * 25 / 1000
        let hop = rate / 100
        let windows = ends.map { end -> ClosedRange<Int> in
            let first = min(frames - 1, max(0, (end - window + hop - 1) / hop))
            return first...min(frames - 1, first + labelWindow)
        }
        let (features, hasEEG) = addEEG(to: audio.features, frames: frames, &random)
        return Sample(
            features: features, frames: frames, target: group.map { words[$0].word + 1 }, windows: windows,
            hasEEG: hasEEG)
    }

    private func addEEG(
        to audio: [Float], frames: Int, _ random: inout SplitMix64
    ) -> (features: [Float], hasEEG: Bool) {
        guard eegFeatures > 0 else { return (audio, false) }
        let available = eeg.count / eegFeatures
        // Half of the strings go without EEG, so that a lost headset does not end recognition.
        let hasEEG = available > 0 && random.integer(below: 2) == 0
        let begin = available > 0 ? random.integer(below: available) : 0
        let width = MelFrontEnd.features
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
