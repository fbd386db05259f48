import AudioFiles
import Foundation
import Recognition
import Sessions
import Signals

/// A folder with made-up speech, and made-up recordings of EEG of several people, as tables of FEIS.
struct SimulationStand {
    static let rate = 8000
    let folder = FileManager.default.temporaryDirectory.path + "/larmor-simulated-\(UUID().uuidString)"

    /// Three "words" of noise, told apart by how loud they are when.
    static let words = ["one", "two", "three"]

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Syllables of noise: each word has a rhythm of its own.
    static func speech(_ word: String, _ random: inout SplitMix64) -> [Float] {
        let rhythm: [Double] = ["one": [0.3], "two": [0.1, 0.25], "three": [0.08, 0.08, 0.08]][word] ?? [0.1]
        var samples: [Float] = []
        for length in rhythm {
            samples += (0..<Int(length * Double(rate))).map { _ in Float(0.2 * random.normal()) }
            samples += [Float](repeating: 0, count: rate / 12)
        }
        return samples
    }

    /// A corpus of texts of several words, half of them for tests if there are any.
    func corpus(_ name: String, training: Int, test: Int, seed: UInt64) throws -> Corpus {
        var random = SplitMix64(seed: seed)
        var utterances: [Utterance] = []
        for index in 0..<training + test {
            let words = (0..<2 + random.integer(below: 2)).map { _ in Self.words[random.integer(below: 3)] }
            var samples: [Float] = []
            for word in words { samples += Self.speech(word, &random) + [Float](repeating: 0, count: Self.rate / 5) }
            let file = "\(name)-\(index).wav"
            try AudioFile(samples: samples, rate: Self.rate).write(path: folder + "/" + file)
            utterances.append(
                Utterance(
                    audio: file, text: words.joined(separator: " "), speaker: "v\(index % 4)",
                    split: index < training ? .train : .test))
        }
        let corpus = Corpus(path: folder + "/" + name + ".jsonl", utterances: utterances)
        try corpus.write()
        return corpus
    }

    /// A table of FEIS with pink-like noise at 128 Hz on four channels, in epochs of three seconds.
    @discardableResult
    func background(_ name: String, epochs: Int = 12, seed: UInt64) throws -> String {
        var random = SplitMix64(seed: seed)
        var text = "Time:128Hz,Epoch,F3,F4,T7,T8,Label,Stage,Flag\n"
        var slow = [Double](repeating: 0, count: 4)
        for epoch in 0..<epochs {
            for sample in 0..<384 {
                for c in 0..<4 { slow[c] = 0.9 * slow[c] + 4 * random.normal() }
                let values = slow.enumerated().map { "\(4200 + 10 * Double($0) + $1 + random.normal())" }
                let time = 10 + 5 * Double(epoch) + Double(sample) / 128
                text += "\(time),\(epoch),\(values.joined(separator: ",")),goose,articulators,\r\n"
            }
        }
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        return folder + "/" + name
    }

    /// Sessions below a folder of this name, and their corpus.
    func simulate(
        _ corpus: Corpus, into name: String, _ settings: EEGSimulation.Settings, backgroundSeed: UInt64 = 7
    ) throws -> Corpus {
        let training = try BackgroundPieces([
            background("a.csv", seed: backgroundSeed), background("b.csv", seed: backgroundSeed + 1),
        ])
        let test = try BackgroundPieces([background("c.csv", seed: backgroundSeed + 2)])
        let sounds = try SpeechCorpus(corpus, rate: Self.rate)
        let simulation = EEGSimulation(settings, training: training, test: test, version: "test")
        let made = try simulation.run(corpus, sounds, folder: folder + "/" + name)
        guard let made else { throw CancellationError() }
        try made.write()
        return made
    }
}
