import AudioFiles
import Foundation
import Recognition
import Testing

/// Sentences that are put together from single words.
@Suite struct SentenceStripTests {
    private static let rate = 8000

    /// A corpus of two speakers, each with two test recordings of each word: tones of the word's pitch.
    private func corpus(_ folder: String) throws -> SpeechCorpus {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (pitch, word) in ["red", "lamp", "on"].enumerated() {
            for speaker in ["anna", "ben"] {
                for take in 0..<2 {
                    let samples = (0..<1600).map { Float(0.3 * sin(0.1 * Double((pitch + 1) * $0))) }
                    try AudioFile(samples: samples, rate: Self.rate).write(path: "\(folder)/\(word)_\(speaker)_\(take).wav")
                }
            }
        }
        return try SpeechCorpus(folder: folder, rate: Self.rate)
    }

    @Test func `each word is heard at its place, with short gaps inside of a sentence and long ones between`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-sentences-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let corpus = try corpus(folder)
        let lines = ["red lamp on", "", "lamp on"]
        let strip = try corpus.sentenceStrip(lines, speakers: ["ben"], limit: 0, pause: 1, seed: 3)
        #expect(try corpus.sentenceStrip(lines, speakers: ["ben"], limit: 0, pause: 1, seed: 3) == strip)
        #expect(
            Set([["red", "lamp", "on", "lamp", "on"], ["lamp", "on", "red", "lamp", "on"]]).contains(strip.words.map(\.text)))
        for word in strip.words {
            let loudest = strip.samples[word.samples].map(abs).max() ?? 0
            #expect(loudest > 0.25 && word.samples.upperBound <= strip.samples.count)
        }
        let gaps = zip(strip.words, strip.words.dropFirst()).map {
            Double($1.samples.lowerBound - $0.samples.upperBound) / Double(Self.rate)
        }
        #expect(gaps.count { $0 > 1 } == 1 && gaps.allSatisfy { $0 > 1 || (0.04...0.16).contains($0) }, "\(gaps)")
        #expect(try corpus.sentenceStrip(lines, limit: 1, pause: 1, seed: 3).words.count <= 3)
    }

    @Test func `words that nobody recorded, unknown speakers and empty lists are errors`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-sentences-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let corpus = try corpus(folder)
        for (lines, speakers, words) in [
            (["red door"], [], "door"), (["red"], ["carl"], "carl"), (["", "  "], [String](), "sentences"),
        ] {
            let error = #expect(throws: CorpusError.self) {
                try corpus.sentenceStrip(lines, speakers: speakers, limit: 0, pause: 1, seed: 1)
            }
            #expect(error?.description.contains(words) == true, "\(error.map { "\($0)" } ?? "")")
        }
    }
}
