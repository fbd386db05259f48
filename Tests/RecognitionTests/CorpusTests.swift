import AudioFiles
import Failures
import Foundation
import Recognition
import Signals
import Testing

@Suite struct CorpusTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/larmor-corpus-\(UUID())"

    private func written(_ text: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/c.jsonl"))
        return folder + "/c.jsonl"
    }

    private func sound(_ name: String, seconds: Double = 0.2) throws {
        let path = folder + "/" + name
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try AudioFile(samples: [Float](repeating: 0.1, count: Int(8000 * seconds)), rate: 8000).write(path: path)
    }

    @Test func `lines are read with all that they say, NeMo's words too, and come back when they are written`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try written(
            """
            \u{FEFF}{"audio":"a.wav","text":"yes  no","speaker":"anna","session":"s1","split":"dev","from_s":0.5,"to_s":1.25}

            {"audio_filepath":"/b.wav","offset":2,"duration":0.5,"text":"ja","lang":"de"}
            {"audio":"c\\"d.wav","text":7,"speaker":12,"eeg":"sessions/x"}
            """)
        let corpus = try Corpus(file: file)
        let expected = [
            Utterance(
                audio: "a.wav", text: "yes  no", speaker: "anna", session: "s1", split: .validation, from_s: 0.5, to_s: 1.25),
            Utterance(audio: "/b.wav", text: "ja", from_s: 2, to_s: 2.5, others: #""lang":"de""#),
            Utterance(audio: "c\"d.wav", text: "7", speaker: "12", eeg: "sessions/x"),
        ]
        #expect(corpus.utterances == expected)
        #expect(corpus.audioPath(expected[0]) == folder + "/a.wav" && corpus.audioPath(expected[1]) == "/b.wav")
        #expect(corpus[.validation].count == 1 && corpus[.train].count == 2)
        try corpus.write()
        #expect(try Corpus(file: file).utterances == expected)
    }

    @Test(arguments: [
        ("[1]", "JSON object"), ("{\"audio\":\"a.wav\"}", "text"), ("{\"text\":\"a\"}", "audio"),
        ("{\"audio\":3.5e,", "JSON object"),
        ("{\"audio\":\"a.wav\",\"text\":true}", "text"), ("{\"audio\":\"a.wav\",\"text\":\"a\",\"split\":\"exam\"}", "exam"),
        ("{\"audio\":\"a.wav\",\"text\":\"a\",\"from_s\":-1}", "from_s"), ("{\"audio\":\"\",\"text\":\"a\"}", "audio"),
        ("{\"audio\":\"a.wav\",\"text\":\"a\",\"from_s\":3,\"to_s\":2}", "ends"), ("\0\0", "JSON object"),
        ("{\"audio\":\"a\\u0000.wav\",\"text\":\"a\"}", "audio"),
    ])
    func `a line that says nothing usable is an error with its number`(line: String, word: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try written("{\"audio\":\"a.wav\",\"text\":\"a\"}\n" + line + "\n")
        let error = try #require(throws: CorpusError.self) { try Corpus(file: file) }
        guard case .line(2, let problem) = error.reason else {
            Issue.record("\(error)")
            return
        }
        #expect(problem.contains(word), "\(problem)")
    }

    @Test func `a corpus that is empty or not there says so`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let empty = try written("\n \n")
        #expect(throws: CorpusError.self) { try Corpus(file: empty) }
        let missing = try #require(throws: CorpusError.self) { try Corpus(file: folder + "/none.jsonl") }
        #expect(missing.reason == .noSuchFile && missing.kind == .missingInput)
    }

    @Test func `folders are read in three layouts`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for index in [0, 4, 5] { try sound("one/7_theo_\(index).wav") }
        let digits = try Corpus(folder: folder + "/one", writtenTo: folder + "/one.jsonl", texts: ["7": "seven"])
        #expect(digits.utterances.map(\.audio) == ["one/7_theo_0.wav", "one/7_theo_4.wav", "one/7_theo_5.wav"])
        #expect(digits.utterances.allSatisfy { $0.text == "seven" && $0.speaker == "theo" })
        #expect(digits.utterances.map(\.split) == [.test, .test, .train])

        try sound("two/yes/anna_1.wav")
        try sound("two/no/ben_1.wav")
        let commands = try Corpus(folder: folder + "/two", writtenTo: "/elsewhere/two.jsonl")
        #expect(commands.utterances.map(\.text) == ["no", "yes"] && commands.utterances.map(\.speaker) == ["ben", "anna"])
        #expect(commands.audioPath(commands.utterances[0]).hasSuffix(folder + "/two/no/ben_1.wav"))

        try sound("three/anna/s/1.wav")
        try Data("hello  world\n".utf8).write(to: URL(fileURLWithPath: folder + "/three/anna/s/1.txt"))
        let texts = try Corpus(folder: folder + "/three", writtenTo: folder + "/three/c.jsonl")
        #expect(texts.utterances == [Utterance(audio: "anna/s/1.wav", text: "hello world", speaker: "anna")])
        try sound("three/anna/s/2.wav")
        #expect(throws: CorpusError.self) { try Corpus(folder: folder + "/three", writtenTo: folder + "/c.jsonl") }
        try sound("four/odd.wav")
        #expect(throws: CorpusError.self) { try Corpus(folder: folder + "/four", writtenTo: folder + "/c.jsonl") }
    }

    private func many() -> Corpus {
        var random = SplitMix64(seed: 3)
        let utterances = (0..<400).map { index in
            Utterance(
                audio: "\(index).wav", text: "text \(random.integer(below: 60))",
                speaker: "speaker \(random.integer(below: 12))",
                session: "\(index / 40)")
        }
        return Corpus(path: "many.jsonl", utterances: utterances)
    }

    @Test(arguments: Corpus.Key.allCases)
    func `a split shares nothing that it was made by, has about the wanted shares, and follows from its seed`(
        key: Corpus.Key
    ) throws {
        var corpus = many()
        try corpus.split(by: key, validation: 0.2, test: 0.25, seed: 5)
        try corpus.checkLeaks(key == .utterance ? [] : [key])
        let shares = [corpus[.validation].count, corpus[.test].count].map { Double($0) / 400 }
        // Of whole groups; a speaker has about a twelfth of the utterances.
        #expect(abs(shares[0] - 0.2) < 0.07 && abs(shares[1] - 0.25) < 0.07, "\(shares)")
        var again = many()
        try again.split(by: key, validation: 0.2, test: 0.25, seed: 5)
        #expect(again == corpus)
        try again.split(by: key, validation: 0.2, test: 0.25, seed: 6)
        #expect(again != corpus)
        if key != .utterance {
            // Where a group goes does not depend on other groups' names, so some text is on both sides of another key's split.
            let others = Corpus.Key.allCases.filter { $0 != key && $0 != .utterance }
            #expect(throws: CorpusError.self) { try corpus.checkLeaks(others) }
        }
    }

    @Test func `a speaker that is held out is the test split, and one whom nobody knows is refused`() throws {
        var corpus = many()
        try corpus.split(by: .speaker, validation: 0.1, test: 0, holdingOut: ["speaker 4"], seed: 1)
        #expect(Set(corpus[.test].map(\.speaker)) == ["speaker 4"])
        #expect(!corpus[.validation].isEmpty && !corpus[.train].contains { $0.speaker == "speaker 4" })
        #expect(throws: CorpusError.self) {
            try corpus.split(by: .speaker, validation: 0.1, test: 0, holdingOut: ["nobody"], seed: 1)
        }
        corpus.utterances[7].speaker = nil
        let error = try #require(throws: CorpusError.self) {
            try corpus.split(by: .speaker, validation: 0.1, test: 0.1, seed: 1)
        }
        if case .line(let line, _) = error.reason { #expect(line == 8) } else { Issue.record("\(error)") }
    }

    @Test func `sound that is in two splits is a leak, with the lines of the pair`() throws {
        var corpus = Corpus(
            path: "c",
            utterances: [
                Utterance(audio: "a", text: "x", split: .train, from_s: 0, to_s: 2),
                Utterance(audio: "a", text: "y", split: .test, from_s: 2, to_s: 3),
                Utterance(audio: "a", text: "z", split: .train, from_s: 3),
                Utterance(audio: "b", text: "z", split: .test),
            ])
        try corpus.checkLeaks()
        corpus.utterances[1].to_s = 3.5
        let error = try #require(throws: CorpusError.self) { try corpus.checkLeaks() }
        #expect(error.reason == .leak(first: 2, second: 3, shared: "sound of “a”"))
        // A long piece that began before others of its own split.
        corpus.utterances[1] = Utterance(audio: "a", text: "y", split: .train, from_s: 0.1, to_s: 0.2)
        corpus.utterances[2] = Utterance(audio: "a", text: "z", split: .test, from_s: 1.9)
        #expect(throws: CorpusError.self) { try corpus.checkLeaks() }
        let text = try #require(throws: CorpusError.self) { try corpus.checkLeaks([.text]) }
        _ = text
    }

    @Test func `one sound under other names, links and copies is one sound, in the search for leaks and in a split`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try written("")
        try sound("x.wav")
        try sound("other.wav", seconds: 0.3)
        try FileManager.default.createSymbolicLink(atPath: folder + "/soft.wav", withDestinationPath: "x.wav")
        try FileManager.default.linkItem(atPath: folder + "/x.wav", toPath: folder + "/hard.wav")
        try FileManager.default.copyItem(atPath: folder + "/x.wav", toPath: folder + "/copy.wav")
        for name in [
            "./x.wav", "../" + (folder as NSString).lastPathComponent + "/x.wav", folder + "/x.wav", "soft.wav", "hard.wav",
            "copy.wav",
        ] {
            var corpus = Corpus(
                path: folder + "/c.jsonl",
                utterances: [
                    Utterance(audio: "x.wav", text: "a", split: .train), Utterance(audio: name, text: "a", split: .test),
                    Utterance(audio: "other.wav", text: "b", split: .test),
                ])
            let error = try #require(throws: CorpusError.self, "\(name)") { try corpus.checkLeaks() }
            if case .leak(let first, let second, _) = error.reason { #expect([first, second].sorted() == [1, 2]) }
            try corpus.split(by: .utterance, validation: 0.3, test: 0.3, seed: 1)
            #expect(corpus.utterances[0].split == corpus.utterances[1].split)
        }
    }

    @Test func `a corpus may be called by one character, and a folder is named as it is`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try written("")
        try sound("x.wav")
        for name in ["c", "é", "/"] {
            let corpus = Corpus(path: name, utterances: [Utterance(audio: "x.wav", text: "a")])
            #expect(corpus.audioPath(corpus.utterances[0]).hasSuffix("/x.wav"))
            #expect(corpus.moved(to: "d").utterances.count == 1)
        }
        let corpus = Corpus(path: folder + "/-", utterances: [Utterance(audio: "x.wav", text: "a", from_s: 9)])
        let error = try #require(throws: CorpusError.self) { try SpeechCorpus(corpus, rate: 8000) }
        #expect("\(error)".hasPrefix(folder + ": “x.wav”"))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, 1e30])
    func `a sound with values that are none is refused with its place`(value: Float) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try written("")
        // A WAV of 32-bit floating-point numbers.
        var samples = [Float](repeating: 0.1, count: 400)
        samples[123] = value
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        let data = samples.flatMap { bytes($0.bitPattern) }
        let head =
            Array("RIFF".utf8) + bytes(UInt32(36 + data.count)) + Array("WAVEfmt ".utf8) + bytes(UInt32(16)) + bytes(UInt16(3))
            + bytes(UInt16(1)) + bytes(UInt32(8000)) + bytes(UInt32(32_000)) + bytes(UInt16(4)) + bytes(UInt16(32))
            + Array("data".utf8) + bytes(UInt32(data.count))
        try Data(head + data).write(to: URL(fileURLWithPath: folder + "/a.wav"))
        let error = try #require(throws: AudioError.self) { try AudioFile(path: folder + "/a.wav") }
        #expect("\(error)".contains("sample 123"))
    }

    @Test func `a corpus in another folder finds the same sounds`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try sound("a/x.wav")
        let file = try written("{\"audio\":\"a/x.wav\",\"text\":\"x\",\"eeg\":\"a/session\"}\n")
        let moved = try Corpus(file: file).moved(to: folder + "/sub/c.jsonl")
        let path = moved.audioPath(moved.utterances[0])
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(moved.utterances[0].eeg?.hasSuffix("/a/session") == true)
    }

    @Test func `pieces of one file are cut where the corpus says, and a piece beyond its end is an error with its line`() throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try written("")
        let samples = (0..<16_000).map { Float($0) / 20_000 }
        try AudioFile(samples: samples, rate: 8000).write(path: folder + "/long.wav")
        let corpus = Corpus(
            path: folder + "/c.jsonl",
            utterances: [
                Utterance(audio: "long.wav", text: "b", split: .train, from_s: 1, to_s: 1.5),
                Utterance(audio: "long.wav", text: "a", split: .test, to_s: 0.25),
            ])
        let speech = try SpeechCorpus(corpus, rate: 8000)
        #expect(speech.training[0].samples.count == 4000 && abs(speech.training[0].samples[0] - 0.4) < 1e-3)
        #expect(speech.test[0].samples.count == 2000 && speech.texts == ["a", "b"])
        let cut = Corpus(path: folder + "/c.jsonl", utterances: [Utterance(audio: "long.wav", text: "a", to_s: 60)])
        let isCut = try #require(throws: CorpusError.self) { try SpeechCorpus(cut, rate: 8000) }
        #expect("\(isCut)".contains("c.jsonl:1") && "\(isCut)".contains("is the file cut"))
        let beyond = Corpus(path: folder + "/c.jsonl", utterances: [Utterance(audio: "long.wav", text: "a", from_s: 2.5)])
        #expect(throws: CorpusError.self) { try SpeechCorpus(beyond, rate: 8000) }
    }

    @Test func `a FIFO in the place of a sound or of a model's file is refused, not waited for`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try written("")
        for name in ["a.wav", "model.json"] { try #require(mkfifo(folder + "/" + name, 0o600) == 0) }
        let corpus = Corpus(path: folder + "/c.jsonl", utterances: [Utterance(audio: "a.wav", text: "a")])
        #expect(throws: AudioError.self) { try SpeechCorpus(corpus, rate: 8000) }
        #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
    }
}
