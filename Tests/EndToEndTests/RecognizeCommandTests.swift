import Foundation
import LSLStand
import NeuralNetworks
import Recognition
import SignalFeatures
import Testing

/// `larmor recognize --lsl`: the words on the Lab Streaming Layer, read by pylsl.
@Suite(
    .serialized, .enabled(if: Larmor.hasStands, Larmor.standsComment),
    .enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl"))
struct RecognizeCommandTests {
    /// Waits for a stream of a name, says how it looks, then prints every sample with its stamp until the stream ends.
    private static let listener = """
        import json, sys, pylsl
        found = pylsl.resolve_byprop("name", sys.argv[1], 1, 300)
        inlet = pylsl.StreamInlet(found[0], recover=False)
        info = inlet.info()
        channel = info.desc().child("channels").child("channel")
        labels = []
        while not channel.empty():
            labels.append(channel.child_value("label"))
            channel = channel.next_sibling()
        print(json.dumps({"type": info.type(), "rate": info.nominal_srate(), "labels": labels}))
        try:
            while True:
                sample, stamp = inlet.pull_sample(1.0)
                if sample is not None:
                    print(json.dumps({"texts": sample, "stamp": stamp}))
        except pylsl.LostError:
            pass
        """

    private struct Header: Decodable { var type: String, rate: Double, labels: [String] }
    private struct Heard: Decodable { var texts: [String], stamp: Double }
    private struct Word: Decodable {
        var event: String
        var time_s: Double
        var text: String?
        var log_probability: Float?
    }
    private struct Manifest: Decodable {
        struct Anchor: Decodable { var host: Host }
        struct Host: Decodable { var nanoseconds: Int64 }
        var anchor: Anchor
    }

    private struct Report: Decodable {
        struct Time: Decodable { var p50: Double, p99: Double, max: Double, count: Int }
        struct Delay: Decodable { var from: String, p50: Double, max: Double, count: Int }
        var computingMs: Time?
        var wordDelayMs: Delay?
        var latencyMs: Time?
    }

    /// A recogniser that nobody has trained names words often, and what it names does not matter here.
    private func writeModel(_ folder: String) throws {
        let inputs = MelFrontEnd.features + 8 * EEGFrontEnd.featuresPerChannel
        let shape = WordsShape(inputs: inputs, hidden: 16, layers: 1, outputs: 4)
        try RecognizerModel(
            card: .init(
                units: Units(.words, texts: ["one", "two", "three"]), shape: .words(shape), frontEnd: .words, audioRate: 16_000,
                eegChannels: 8,
                standardisation: Standardisation(
                    mean: [Float](repeating: 0, count: inputs), deviation: [Float](repeating: 1, count: inputs)),
                labelWindow: 1, seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0),
            network: Network(shape.sequence(), seed: 3)
        ).write(folder: folder)
    }

    @Test func `the words that pylsl hears are those of the event log, stamped as there`() throws {
        let folder = try temporaryFolder("recognize")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeModel(folder + "/model")
        let rig = """
            [[device]]
            name = "headset"
            driver = "cyton"
            simulator = "cyton"
            [[device]]
            name = "microphone"
            driver = "alsa"
            simulator = "microphone"
            [recognizer]
            audio = "microphone.audio"
            eeg = "headset.eeg"
            """
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let speech = try Larmor.run(
            "simulate", "speech", "--output", folder + "/speech", "--words", "one,two", "--voices", "1", "--takes", "6")
        #expect(speech.status == 0, "\(speech.messages)")
        let name = LSLStand.name("words")
        let listener = try PythonPeer(Self.listener, name)
        let result = try Larmor.run(
            "recognize", folder + "/rig.toml", "--model", folder + "/model", "--speech", folder + "/speech", "--words", "8",
            "--record", folder + "/session", "--lsl", name, "--json")
        #expect(result.status == 0, "\(result.messages)")
        let header = try JSONDecoder().decode(Header.self, from: Data(try #require(listener.line()).utf8))
        #expect(header.type == "Markers" && header.rate == 0 && header.labels == ["word", "event", "score"])
        var heard: [Heard] = []
        while let line = listener.line() { heard.append(try JSONDecoder().decode(Heard.self, from: Data(line.utf8))) }

        // The time that the program takes and the time that a speaker waits are two numbers, and no third is left.
        let report = try result.json(Report.self)
        let computing = try #require(report.computingMs)
        #expect(computing.count >= heard.count && computing.p50 >= 0 && report.latencyMs == nil)
        if let delay = report.wordDelayMs { #expect(delay.from == "spoken_end" && delay.count <= 8) }

        let log = try String(contentsOfFile: folder + "/session/events.jsonl", encoding: .utf8)
        let words = try log.split(separator: "\n").map { try JSONDecoder().decode(Word.self, from: Data($0.utf8)) }
            .filter { $0.event == "word" }
        let manifest = try JSONDecoder().decode(
            Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/session/session.json")))
        let start = Double(manifest.anchor.host.nanoseconds) * 1e-9
        // The listener may have come after the first words, which a network that nobody trained finds in silence, too.
        #expect(heard.count >= 3 && heard.count <= words.count, "\(heard.count) of \(words.count) words")
        for (one, other) in zip(heard.reversed(), words.reversed()) {
            #expect(one.texts[0] == other.text && one.texts[1] == "word")
            #expect(Float(one.texts[2]) == other.log_probability)
            // Both clocks are this machine's.
            #expect(abs(one.stamp - start - other.time_s) < 1e-3)
        }
    }
}
