import AudioFiles
import Failures
import Foundation
import Recognition
import SpokenCorpora
import Testing

/// Whether espeak-ng is here; `.ci/install-packages` installs it.
private let hasEspeak = (try? Espeak.load()) != nil

/// One after the other: espeak-ng is one library.
@Suite(.serialized, .enabled(if: hasEspeak, "espeak-ng is not installed"))
struct `Spoken corpora` {
    private func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "spoken-\(UUID().uuidString)").path
        return path
    }

    private func maker(_ counts: [Utterance.Split: Int] = [.train: 6, .validation: 4, .test: 8]) throws -> SpokenCorpusMaker {
        SpokenCorpusMaker(
            [try WordList(file: "\(corpora)/english.txt"), try WordList(file: "\(corpora)/mandarin.txt")], counts: counts,
            seed: 3)
    }

    @Test func `have sounds with phonemes in them, disjoint texts and voices, and texts in both writings`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try #require(try maker().write(folder: folder))
        let corpus = try Corpus(file: "\(folder)/corpus.jsonl")
        #expect(corpus == made.corpus && corpus.utterances.count == 18)
        #expect(corpus[.train].count == 6 && corpus[.validation].count == 4 && corpus[.test].count == 8)
        try corpus.checkLeaks([.text, .speaker])
        for utterance in corpus.utterances {
            let sound = try AudioFile(path: corpus.audioPath(utterance))
            #expect(sound.rate == 16_000 && sound.samples.contains { abs($0) > 0.02 })
            let marks = try #require(utterance.marks)
            #expect(marks.count >= 4)
            #expect(zip(marks, marks.dropFirst()).allSatisfy { $0.to_s <= $1.from_s })
            #expect(marks.allSatisfy { $0.from_s >= 0 && $0.to_s <= sound.seconds + 0.001 })
            // Phonemes are where the sound is: most of its power lies in them.
            let power = sound.samples.reduce(0) { $0 + $1 * $1 }
            let inside = marks.reduce(Float(0)) { sum, mark in
                let range = (Int(mark.from_s * 16_000)..<Int(mark.to_s * 16_000)).clamped(to: sound.samples.indices)
                return sum + sound.samples[range].reduce(0) { $0 + $1 * $1 }
            }
            #expect(inside > 0.9 * power)
        }
        let written = try Corpus(file: "\(folder)/written.jsonl")
        let list = try WordList(file: "\(corpora)/mandarin.txt")
        for (spoken, own) in zip(corpus.utterances, written.utterances) {
            #expect(own.audio == spoken.audio && own.language == spoken.language)
            let back = spoken.text.split(separator: " ").map { list.writing[String($0)] ?? String($0) }.joined(separator: " ")
            #expect(own.text == back)
        }
    }

    @Test func `have the same test sentences whatever training has, and others with another seed`() throws {
        let folders = [try folder(), try folder(), try folder()]
        defer { for folder in folders { try? FileManager.default.removeItem(atPath: folder) } }
        func test(_ place: Int, train: Int, seed: UInt64) throws -> [Utterance] {
            var maker = try maker([.train: train, .test: 6])
            maker.seed = seed
            // The sounds differ a little from one corpus to the next of one process; what is said by whom does not.
            return try #require(try maker.write(folder: folders[place])).corpus[.test]
        }
        let (first, second, other) = (
            try test(0, train: 0, seed: 3), try test(1, train: 5, seed: 3), try test(2, train: 0, seed: 4)
        )
        #expect(first.map(\.text) == second.map(\.text) && first.map(\.speaker) == second.map(\.speaker))
        #expect(Set(first.map(\.text)).isDisjoint(with: other.map(\.text)))
    }

    @Test func `stand in a new folder, and leave nothing when they are stopped or fail`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try maker().write(folder: folder, { $0 < 8 }) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        var wrong = try maker()
        wrong.lists = [try WordList(text: "language: en\nvoices: nosuch\n\nyes\nno\nthree\nfour", file: "list")]
        #expect(throws: SpokenCorpusError("nosuch", .noVoice("`espeak-ng --voices` lists them, under Language"))) {
            try wrong.write(folder: folder)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        try "mine".write(toFile: "\(folder)/notes.txt", atomically: true, encoding: .utf8)
        #expect(throws: SpokenCorpusError(folder, .notEmpty)) { try maker().write(folder: folder) }
    }

    @Test func `refuse variants that espeak-ng lacks, that two splits share, and two lists of one language`() throws {
        let folder = try folder()
        var maker = try maker()
        maker.voices.test = ["nosuch"]
        #expect(throws: SpokenCorpusError.self) { try maker.write(folder: folder) }
        maker.voices.test = ["m1"]
        #expect(throws: SpokenCorpusError.self) { try maker.write(folder: folder) }
        maker = try self.maker()
        maker.lists[1] = maker.lists[0]
        #expect(throws: SpokenCorpusError.self) { try maker.write(folder: folder) }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }
}
