import Foundation
import Testing

/// From a corpus of sounds to a recogniser of sound and simulated EEG, by the built program.
struct SimulatedEEGCommandTests {
    private struct Summary: Decodable { var simulatedEeg: Int? }
    private struct Shown: Decodable {
        var simulatedEeg: Bool?, control: String?, soundDelayMs: Int?, eegChannels: Int, audioRate: Int
    }
    private struct Evaluated: Decodable { var simulatedEeg: Bool?, eegControl: String?, trainedControl: String? }

    /// Two beeps in a WAV file of 8 kHz.
    private func sound(_ path: String, hertz: Double) throws {
        var samples = Data()
        for n in 0..<8000 {
            let isLoud = (1000..<3000).contains(n) || (5000..<6500).contains(n)
            let value = Int16(isLoud ? 8000 * sin(2 * .pi * hertz * Double(n) / 8000) : 0)
            withUnsafeBytes(of: value.littleEndian) { samples.append(contentsOf: $0) }
        }
        func number(_ value: Int, _ bytes: Int) -> Data { Data((0..<bytes).map { UInt8(value >> (8 * $0) & 255) }) }
        let header =
            Data("RIFF".utf8) + number(36 + samples.count, 4) + Data("WAVEfmt ".utf8) + number(16, 4) + number(1, 2)
            + number(1, 2)
            + number(8000, 4) + number(16_000, 4) + number(2, 2) + number(16, 2) + Data("data".utf8) + number(samples.count, 4)
        try (header + samples).write(to: URL(fileURLWithPath: path))
    }

    private func background(_ path: String, step: Double) throws {
        var text = "Time:128Hz,Epoch,F3,F4,Label,Stage,Flag\n"
        for n in 0..<4000 {
            let t = Double(n) / 128
            text += "\(t),0,\(4200 + 20 * sin(5 * t * step) + Double(n * 7919 % 13)),\(4100 + 9 * sin(31 * t * step)),a,b,\n"
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func `EEG is simulated, trained with the sound, and told as simulated by every command; controls are told as such`()
        throws
    {
        let folder = try temporaryFolder("simulated-eeg")
        var lines = ""
        for (place, text) in ["on", "no", "on", "no", "on", "no"].enumerated() {
            try sound(folder + "/\(place).wav", hertz: (text == "on" ? 400 : 900) + 7 * Double(place))
            lines +=
                #"{"audio":"\#(place).wav","text":"\#(text)","speaker":"v\#(place % 3)","split":"\#(place < 4 ? "train" : "test")"}"#
                + "\n"
        }
        let corpus = folder + "/speech.jsonl"
        try lines.write(toFile: corpus, atomically: true, encoding: .utf8)
        try background(folder + "/a.csv", step: 1)
        try background(folder + "/b.csv", step: 1.3)
        func simulate(_ words: String...) throws -> Larmor.Result {
            try RunningLarmor(["corpus", "simulate-eeg", corpus, "--json"] + words).wait()
        }
        let made = try simulate(
            "--background", folder + "/a.csv", "--test-background", folder + "/b.csv", "--snr", "-10", "--output",
            folder + "/made")
        #expect(made.status == 0, "\(made.messages)")
        #expect(try made.json(Summary.self).simulatedEeg == 6)
        let refusals: [([String], String)] = [
            (["--background", folder + "/a.csv", "--output", folder + "/x"], "--test-background"),
            (["--background", folder + "/a.csv", "--test-background", folder + "/a.csv", "--output", folder + "/x"], "twice"),
            (
                [
                    "--background", folder + "/a.csv", "--test-background", folder + "/b.csv", "--snr", "loud", "--output",
                    folder + "/x",
                ], "--snr"
            ),
            (
                [
                    "--background", folder + "/a.csv", "--test-background", folder + "/b.csv", "--drift", "1", "--output",
                    folder + "/x",
                ], "--days"
            ),
        ]
        for (words, named) in refusals {
            let refused = try RunningLarmor(["corpus", "simulate-eeg", corpus] + words).wait()
            #expect(refused.status == 64 && refused.messages.contains(named), "\(refused.messages)")
        }
        let eeg = folder + "/made/corpus.jsonl"
        #expect(try Larmor.run("corpus", "show", eeg, "--json").json(Summary.self).simulatedEeg == 6)
        for (name, control) in [("both", [String]()), ("noise", ["--control", "noise"])] {
            let trained = try RunningLarmor(
                [
                    "train", "recognizer", "--corpus", eeg, "--front-end", "envelope", "--with-sound", "--babble", "0",
                    "--rate", "8000",
                    "--epochs", "1", "--hidden", "8", "--output", folder + "/" + name, "--json",
                ] + control
            ).wait()
            #expect(trained.status == 0, "\(trained.messages)")
            let shown = try Larmor.run("model", "show", folder + "/" + name, "--json").json(Shown.self)
            #expect(shown.simulatedEeg == true && shown.control == control.last && shown.soundDelayMs == 240)
            #expect(shown.eegChannels == 2 && shown.audioRate == 8000)
        }
        let evaluated = try Larmor.run(
            "evaluate", folder + "/both", eeg, "--snr", "0", "--noise", "babble", "--control", "noise", "--errors",
            folder + "/errors.csv", "--json")
        #expect(evaluated.status == 0, "\(evaluated.messages)")
        let report = try evaluated.json(Evaluated.self)
        #expect(report.simulatedEeg == true && report.eegControl == "noise" && report.trainedControl == nil)
        // A header, and two utterances in two conditions.
        #expect(try String(contentsOfFile: folder + "/errors.csv", encoding: .utf8).split(separator: "\n").count == 5)
        let control = try Larmor.run("evaluate", folder + "/noise", eeg, "--json").json(Evaluated.self)
        #expect(control.trainedControl == "noise")
        let sound = try Larmor.run("train", "recognizer", "--corpus", corpus, "--control", "noise", "--output", folder + "/x")
        #expect(sound.status == 64 && sound.messages.contains("--front-end"), "\(sound.messages)")
    }
}
