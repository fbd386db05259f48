import Foundation
import Testing

/// Sentences of word lists, from the lists to a trained recogniser.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/espeak-ng"), "needs espeak-ng"))
struct SpokenSentencesTests {
    private struct Spoken: Decodable {
        var corpus: String
        var written: String?
        var sentences: [String: Int]
        var minutes: Double
    }

    private struct Trained: Decodable { var preset: String, epochs: Int }
    private struct Evaluated: Decodable {
        struct Language: Decodable { var utterances: Int, characterErrorRate: Double }
        struct Written: Decodable { var characterErrorRate: Double, perLanguage: [String: Language] }
        var utterances: Int
        var perLanguage: [String: Language]
        var written: Written
        var textsInTraining: Int
        var speakersInTraining: [String]
    }

    private static let lists = ["--words", corpora + "/english.txt", "--words", corpora + "/mandarin.txt"]
    private static let corpora = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "corpora").path

    @Test func `the same seed gives the same bytes, and a recogniser of both languages is trained and tested on them`() throws {
        let folder = try temporaryFolder("sentences")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func run(_ arguments: [String], status: Int32 = 0) throws -> Larmor.Result {
            let result = try RunningLarmor(arguments, folder: folder).wait()
            #expect(result.status == status, "\(arguments): \(result.messages)")
            return result
        }
        func bytes(_ name: String) throws -> [String: Data] {
            let files = try #require(FileManager.default.enumerator(atPath: "\(folder)/\(name)")).compactMap { $0 as? String }
            return Dictionary(
                uniqueKeysWithValues: files.compactMap { file in
                    FileManager.default.contents(atPath: "\(folder)/\(name)/\(file)").map { (file, $0) }
                })
        }
        let speak = Self.lists + ["--validation", "2", "--test", "4"]
        let spoken = try run(["corpus", "speak", "one"] + speak + ["--sentences", "8", "--json"]).json(Spoken.self)
        #expect(spoken.sentences == ["train": 8, "validation": 2, "test": 4] && spoken.minutes > 0.1)
        _ = try run(["corpus", "speak", "again"] + speak + ["--sentences", "8"])
        let first = try bytes("one")
        #expect(first.count == 14 + 2)
        #expect(first == (try bytes("again")))
        // Test and validation stay when training grows.
        _ = try run(["corpus", "speak", "more"] + speak + ["--sentences", "10"])
        let more = try bytes("more")
        #expect(first.filter { $0.key.hasSuffix(".wav") }.allSatisfy { more[$0.key] == $0.value })

        for corpus in ["corpus.jsonl", "written.jsonl"] {
            let train = [
                "train", "recognizer", "--corpus", "one/\(corpus)", "--units", "characters", "--preset", "sentences",
                "--epochs", "1",
                "--hidden", "16", "--batch", "4", "--disjoint", "text", "--disjoint", "speaker", "--output", "model", "--json",
            ]
            let trained = try run(train).json(Trained.self)
            #expect(trained.preset == "sentences" && trained.epochs == 1)
        }
        _ = try run([
            "train", "recognizer", "--corpus", "one/corpus.jsonl", "--units", "characters", "--preset", "sentences", "--epochs",
            "1",
            "--hidden", "16", "--rate", "8000", "--output", "narrow",
        ])
        let evaluated = try run(
            ["evaluate", "model", "one/corpus.jsonl", "--words", Self.corpora + "/mandarin.txt", "--json"]
        ).json(Evaluated.self)
        #expect(evaluated.utterances == 4 && evaluated.perLanguage.mapValues(\.utterances) == ["en": 2, "zh": 2])
        #expect(Set(evaluated.written.perLanguage.keys) == ["en", "zh"] && evaluated.written.characterErrorRate > 0)
        #expect(evaluated.textsInTraining == 0 && evaluated.speakersInTraining.isEmpty)
    }

    @Test func `what cannot be spoken ends with an exit code and a remedy`() throws {
        let folder = try temporaryFolder("unspoken")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let speak = ["corpus", "speak", "out"] + Self.lists + ["--sentences", "2", "--validation", "0", "--test", "0"]
        func fails(_ arguments: [String], _ status: Int32, _ words: String, environment: [String: String] = [:]) throws {
            let result = try RunningLarmor(arguments, folder: folder, environment: environment).wait()
            #expect(result.status == status && result.messages.contains(words), "\(arguments): \(result.messages)")
        }
        try fails(speak, 69, "apt-get install espeak-ng", environment: ["LARMOR_LIBESPEAK": "/nowhere/libespeak-ng.so"])
        try fails(speak + ["--training-voices", "nosuch"], 64, "espeak-ng --voices=variant")
        try fails(speak + ["--training-voices", "m3"], 64, "two splits")
        try fails(speak + ["--length", "7-3"], 64, "--length")
        try fails(["corpus", "speak", "out", "--words", "none.txt"], 66, "none.txt")
        try "language: en\nvoices: en-us\n\nyes\nyes\n".write(toFile: folder + "/twice.txt", atomically: true, encoding: .utf8)
        try fails(["corpus", "speak", "out", "--words", "twice.txt"], 65, "twice.txt:5: ")
        try "language: en\nvoices: en-us\n\nyes\n".write(toFile: folder + "/few.txt", atomically: true, encoding: .utf8)
        try fails(["corpus", "speak", "few", "--words", "few.txt", "--length", "1-1"], 65, "too few sentences")
        try "language = \"en\"\nsentences = [\"the zebra\"]\n".write(
            toFile: folder + "/grammar.toml", atomically: true, encoding: .utf8)
        try fails(speak + ["--grammar", "grammar.toml"], 65, "grammar.toml:2: ")
        try FileManager.default.createDirectory(atPath: folder + "/full", withIntermediateDirectories: true)
        try "mine".write(toFile: folder + "/full/notes.txt", atomically: true, encoding: .utf8)
        try fails(["corpus", "speak", "full"] + Self.lists, 64, "not empty")
        #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    }
}
