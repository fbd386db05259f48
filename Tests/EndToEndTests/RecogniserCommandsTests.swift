import AudioFiles
import Foundation
import Recognition
import RealTime
import Testing

/// A corpus from a folder to a model that was evaluated and exported, by commands alone.
@Suite(.enabled(if: Larmor.hasStands, Larmor.standsComment)) struct RecogniserCommandsTests {
    private struct Summary: Decodable {
        struct Split: Decodable { var utterances: Int, speakers: Int }
        var splits: [String: Split]
        var sharedSpeakers: Int
    }

    private struct Evaluation: Decodable {
        struct Interval: Decodable { var low: Double, high: Double }
        struct Condition: Decodable { var snrDb: Double?, wordErrorRate: Double }
        struct Controls: Decodable { var noiseInput: Double, shuffledTexts: Double }
        var utterances: Int
        var wordErrorRate: Double
        var characterErrorRate: Double
        var interval95: Interval
        var perSpeaker: [String: Double]
        var conditions: [Condition]
        var controls: Controls
        var textsInTraining: Int
        var speakersInTraining: [String]
    }

    @Test func `speech becomes a corpus, a split by speaker, a model, an evaluation with controls, and ONNX`() throws {
        let folder = try temporaryFolder("corpus")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func run(_ arguments: String...) throws -> Larmor.Result {
            let result = try RunningLarmor(arguments, folder: folder).wait()
            #expect(result.status == 0, "\(arguments): \(result.messages)")
            return result
        }
        _ = try run("simulate", "speech", "--output", "speech", "--words", "one,two", "--voices", "3", "--takes", "6")
        let made = try run("corpus", "make", "speech", "--output", "all.jsonl", "--json").json(Summary.self)
        #expect(made.splits["test"]?.utterances == 30 && made.splits["train"]?.utterances == 6)
        let speaker = try #require(try Corpus(file: folder + "/all.jsonl").utterances[0].speaker)
        let split = try run(
            "corpus", "split", "all.jsonl", "--by", "speaker", "--hold-out", speaker, "--validation", "0.3", "--output",
            "split.jsonl",
            "--json"
        ).json(Summary.self)
        #expect(split.splits["test"]?.speakers == 1 && split.sharedSpeakers == 0)
        _ = try run("corpus", "show", "split.jsonl", "--disjoint", "speaker")
        let leak = try RunningLarmor(["corpus", "show", "split.jsonl", "--disjoint", "text"], folder: folder).wait()
        #expect(leak.status == 65 && leak.messages.contains("split.jsonl: lines"))

        let train = [
            "train", "recognizer", "--corpus", "split.jsonl", "--preset", "live", "--hidden", "16", "--layers", "1", "--epochs",
            "2",
            "--output", "model", "--disjoint", "speaker",
        ]
        let trained = try RunningLarmor(train, folder: folder).wait()
        #expect(trained.status == 0, "\(trained.messages)")
        #expect(FileManager.default.fileExists(atPath: folder + "/model/learning-curve.svg"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/model/training.safetensors"))
        // Nothing is left to go on with.
        let resumed = try RunningLarmor(train + ["--resume"], folder: folder).wait()
        #expect(resumed.status == 65 && resumed.messages.contains("training.safetensors"))

        let evaluation = try run(
            "evaluate", "model", "split.jsonl", "--snr", "20,0", "--noise", "pink", "--scores", "scores.csv", "--scores-snr",
            "20", "--json"
        ).json(Evaluation.self)
        #expect(evaluation.utterances == 12 && evaluation.conditions.map(\.snrDb) == [nil, 20, 0])
        #expect(
            evaluation.interval95.low <= evaluation.wordErrorRate && evaluation.wordErrorRate <= evaluation.interval95.high)
        #expect(Array(evaluation.perSpeaker.keys) == [speaker] && evaluation.speakersInTraining == [])
        #expect(evaluation.textsInTraining == 12)
        let scores = try String(contentsOfFile: folder + "/scores.csv", encoding: .utf8)
        #expect(scores.hasPrefix("utterance,speaker,word,said,from_s,to_s,y,x,posterior,margin,snr_dB,"))
        #expect(scores.split(separator: "\n").dropFirst().allSatisfy { $0.split(separator: ",").last?.count == 64 })
        let twice = try RunningLarmor(["evaluate", "model", "split.jsonl", "--scores-snr", "20"], folder: folder).wait()
        #expect(twice.status == 64 && twice.messages.contains("--scores-snr needs --scores"))
        _ = try run("evaluate", "model", "speech", "--split", "all", "--speaker", speaker, "--confusions")

        _ = try run("model", "show", "model")
        _ = try run("model", "export", "model", "--output", "model.onnx")
        let size = try FileManager.default.attributesOfItem(atPath: folder + "/model.onnx")[.size] as? Int
        #expect((size ?? 0) > 10_000)
    }

    @Test func `a teacher aligns another training, and reads no stream itself`() throws {
        let folder = try temporaryFolder("teacher")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func larmor(_ arguments: String...) throws -> Larmor.Result { try RunningLarmor(arguments, folder: folder).wait() }
        let spoken = try larmor(
            "simulate", "speech", "--output", "speech", "--words", "one,two", "--voices", "1", "--takes", "6")
        #expect(spoken.status == 0, "\(spoken.messages)")
        func train(_ preset: String, _ output: String, _ more: String...) throws -> Larmor.Result {
            try RunningLarmor(
                [
                    "train", "recognizer", "--speech", "speech", "--preset", preset, "--units", "characters", "--hidden", "16",
                    "--layers", "1", "--epochs", "1", "--output", output, "--json",
                ] + more, folder: folder
            ).wait()
        }
        #expect(try train("teacher", "teacher").status == 0)
        let shown = try larmor("model", "show", "teacher")
        #expect(shown.status == 0 && shown.output.contains("the whole sound"))
        let read = try larmor("evaluate", "teacher", "speech")
        #expect(read.status == 65 && read.messages.contains("cannot run live"))
        let aligned = try train("live", "aligned", "--align-with", "teacher", "--framewise", "0.3")
        #expect(aligned.status == 0, "\(aligned.messages)")
        #expect(try larmor("evaluate", "aligned", "speech").status == 0)
        let wrong = try larmor(
            "train", "recognizer", "--speech", "speech", "--preset", "live", "--align-with", "teacher", "--output", "x")
        #expect(wrong.status == 65 && wrong.messages.contains("teacher/model.json") && wrong.messages.contains("units"))
    }

    @Test func `a stopped training goes on with --resume to the same weights`() throws {
        let folder = try temporaryFolder("resume")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let spoken = try RunningLarmor(
            ["simulate", "speech", "--output", "speech", "--words", "one,two", "--voices", "2", "--takes", "8"], folder: folder
        ).wait()
        #expect(spoken.status == 0)
        func arguments(_ output: String) -> [String] {
            [
                "train", "recognizer", "--speech", "speech", "--preset", "live", "--hidden", "16", "--layers", "1", "--epochs",
                "40",
                "--output", output,
            ]
        }
        let whole = try RunningLarmor(arguments("whole"), folder: folder).wait()
        #expect(whole.status == 0, "\(whole.messages)")
        let stopped = try RunningLarmor(arguments("stopped"), folder: folder)
        let checkpoint = folder + "/stopped/training.safetensors"
        #expect(waitUntil { FileManager.default.fileExists(atPath: checkpoint) })
        stopped.interrupt()
        let end = stopped.wait()
        guard end.status == 130 else {
            // It was done before it could be stopped.
            #expect(end.status == 0)
            return
        }
        #expect(end.messages.contains("--resume"))
        let other = try RunningLarmor(arguments("stopped") + ["--resume", "--seed", "9"], folder: folder).wait()
        #expect(other.status == 65 && other.messages.contains("other data or options"))
        let resumed = try RunningLarmor(arguments("stopped") + ["--resume"], folder: folder).wait()
        #expect(resumed.status == 0, "\(resumed.messages)")
        let (a, b) = (try RecognizerModel(folder: folder + "/whole"), try RecognizerModel(folder: folder + "/stopped"))
        #expect(a.network == b.network)
    }

    @Test func `what commands of recognisers cannot use is an error with its place`() throws {
        let folder = try temporaryFolder("bad-corpus")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("{\"audio\":\"none.wav\",\"text\":\"a\"}\n".utf8).write(to: URL(fileURLWithPath: folder + "/c.jsonl"))
        try Data("{\"audio\":\"none.wav\"}\n".utf8).write(to: URL(fileURLWithPath: folder + "/bad.jsonl"))
        try Data("{\"audio\":\"sound.wav\",\"text\":\" \"}\n".utf8).write(to: URL(fileURLWithPath: folder + "/blank.jsonl"))
        try Data("{\"audio\":\"sound.wav\",\"text\":\"a b\"}\n".utf8).write(to: URL(fileURLWithPath: folder + "/two.jsonl"))
        let text = String(repeating: "ab", count: 500)
        try Data("{\"audio\":\"sound.wav\",\"text\":\"\(text)\"}\n".utf8).write(
            to: URL(fileURLWithPath: folder + "/long.jsonl"))
        try AudioFile(samples: [Float](repeating: 0.1, count: 8000), rate: 16_000).write(path: folder + "/sound.wav")
        for (arguments, status, words) in [
            (["corpus", "show", "none.jsonl"], 66, "none.jsonl"), (["corpus", "show", "bad.jsonl"], 65, "bad.jsonl:1"),
            (["corpus", "make", ".", "--output", "x.jsonl"], 65, "no utterances"),
            (["corpus", "split", "c.jsonl", "--by", "speaker", "--output", "x.jsonl"], 65, "c.jsonl:1"),
            (["corpus", "split", "c.jsonl", "--by", "text", "--test", "1.5", "--output", "x.jsonl"], 64, "--test"),
            (["train", "recognizer", "--corpus", "c.jsonl", "--output", "m"], 66, "none.wav"),
            (["train", "recognizer", "--corpus", "c.jsonl", "--speech", ".", "--output", "m"], 64, "--corpus"),
            (["train", "recognizer", "--corpus", "c.jsonl", "--perturb", "1", "--output", "m"], 64, "--perturb"),
            (["train", "recognizer", "--corpus", "blank.jsonl", "--output", "m"], 65, "not empty"),
            (["train", "recognizer", "--corpus", "long.jsonl", "--units", "characters", "--output", "m"], 65, "long.jsonl:1"),
            (["train", "recognizer", "--corpus", "two.jsonl", "--framewise", "1", "--output", "m"], 65, "marks"),
            (["train", "recognizer", "--corpus", "long.jsonl", "--patience", "2", "--output", "m"], 65, "validation"),
            (["corpus", "split", "long.jsonl", "--by", "text", "--output", "sound.wav"], 64, "sound.wav"),
            (["corpus", "make", ".", "--rename", "a=b,a=c", "--output", "x.jsonl"], 64, "twice"),
            (["train", "recognizer", "--corpus", "c.jsonl", "--framewise", "11", "--output", "m"], 64, "--framewise"),
            (["train", "recognizer", "--corpus", "c.jsonl", "--hold-out", "theo", "--output", "m"], 65, "theo"),
            (["evaluate", "nowhere", "c.jsonl"], 66, "model.json"),
            (["evaluate", "nowhere", "c.jsonl", "--noise", "pink"], 64, "--snr"),
            (["evaluate", "nowhere", "c.jsonl", "--snr", "nan"], 64, "--snr"),
            (["model", "show", "nowhere"], 66, "model.json"),
            (["model", "export", "nowhere", "--output", "x.onnx"], 66, "model.json"),
        ] {
            let result = try RunningLarmor(arguments, folder: folder).wait()
            #expect(
                result.status == Int32(status) && result.messages.contains(words),
                "\(arguments): \(result.status) \(result.messages)")
        }
    }
}
