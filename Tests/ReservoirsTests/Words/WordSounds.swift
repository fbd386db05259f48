import Foundation
import Reservoirs
import Signals

/// Three words of tones that glide, as several throats would say them.
enum WordSounds {
    static let rate = 8000
    static let labels = ["down", "level", "up"]

    /// - Parameters:
    ///   - throat: all frequencies times this.
    ///   - seed: of pace, loudness and noise.
    static func samples(_ label: Int, throat: Double = 1, seed: UInt64 = 1) -> [Float] {
        var random = SplitMix64(seed: seed &* 31 &+ UInt64(label))
        let count = 2000 + Int(random.uniform() * 1200)
        let loudness = 0.05 + 0.5 * random.uniform()
        var phase = 0.0
        return (0..<count).map { (n: Int) -> Float in
            let share = Double(n) / Double(count)
            // An octave down, none, an octave up.
            let octaves = Double(label - 1) * (share - 0.5)
            phase += 2 * Double.pi * throat * 600 * pow(2, octaves) / Double(rate)
            let tone: Double = sin(phase) + 0.5 * sin(2 * phase) + 0.3 * sin(3 * phase)
            let noise: Double = 0.002 * random.normal()
            return Float(loudness * sin(Double.pi * share) * tone + noise)
        }
    }

    /// - Parameter each: words of a speaker and label: the first two are the test, the third is the validation.
    static func words(_ speakers: [String: Double], each: Int = 8) -> [SpokenWord] {
        var words: [SpokenWord] = []
        for (name, throat) in speakers.sorted(by: { $0.key < $1.key }) {
            let voice = 1000 * UInt64(throat * 100)
            for label in labels.indices {
                for index in 0..<each {
                    let part: SpokenWord.Part = index < 2 ? .test : index == 2 ? .validation : .training
                    let sound = samples(label, throat: throat, seed: UInt64(index) + voice)
                    words.append(SpokenWord(samples: sound, label: label, speaker: name, part: part))
                }
            }
        }
        return words
    }
}
