import Foundation
import LSLStand
import Testing

/// A continuous readout, as a user runs, replays and trains it.
@Suite(.serialized)
struct PredictionTests {
    private struct Run: Decodable {
        struct Prediction: Decodable {
            var stage: String, target: String
            var predictions: Int, compared: Int, restarts: Int
            var nrmse: Double?, windowNrmse: Double?
        }
        struct Stream: Decodable { var name: String, lost: Int }
        var predictions: [Prediction]?
        var streams: [Stream]
    }
    private struct Replayed: Decodable { var events: Int, identical: Bool?, passesAgree: Bool, sha256: String }
    private struct Trained: Decodable { var target: String, trainingSteps: Int, heldBackNrmse: Double, limitedFrames: Int }

    /// An amplifier behind a simulator and two films.
    private static func rig(_ readout: String = "", channels: Int = 2) -> String {
        let device = """
            [device.simulation]
            films = 1
            rows = 2
            columns = 2

            """
        let stage = """
            input = "amp.eeg"
            every = 5
            target = "amp.eeg"
            target_channel = "Ch2"
            horizon = 2
            washout = 10
            density = 1
            report_s = 1

            """
        return """
            [[device]]
            name = "amp"
            driver = "rda"
            simulator = "rda"
            [device.simulation]
            channels = \(channels)
            rate = 250
            [[device]]
            name = "film1"
            driver = "riglink"
            simulator = "film"
            \(device)
            [[device]]
            name = "film2"
            driver = "riglink"
            simulator = "film"
            \(device)
            [[readout]]
            name = "learning"
            device = "film1"
            method = "rls"
            standardise_s = 1
            \(stage)
            [[readout]]
            name = "trained"
            device = "film2"
            method = "ridge"
            virtual_nodes = 2
            \(readout)
            \(stage)
            """
    }

    @Test(.enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl"))
    func `the numbers that pylsl hears are those of the event log`() throws {
        let folder = try temporaryFolder("prediction-lsl")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.rig().write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let name = LSLStand.name("numbers")
        let listener = try PythonPeer(
            """
            import json, math, sys, pylsl
            found = pylsl.resolve_byprop("name", sys.argv[1], 1, 300)
            inlet = pylsl.StreamInlet(found[0], recover=False)
            print(json.dumps(found[0].channel_count()))
            try:
                while True:
                    sample, stamp = inlet.pull_sample(1.0)
                    if sample is not None:
                        print(json.dumps({"value": sample[0], "ahead": sample[1]}))
            except pylsl.LostError:
                pass
            """, name + ".learning")
        let live = try RunningLarmor(
            ["recognize", "rig.toml", "--seconds", "8", "--record", "session", "--lsl", name, "--json"], folder: folder
        ).wait()
        #expect(live.status == 0, "\(live.messages)")
        #expect(listener.line() == "2")
        struct Heard: Decodable { var value: Float, ahead: Float }
        struct Line: Decodable { var event: String, value: Float?, time_s: Double, at_s: Double? }
        var heard: [Heard] = []
        while let line = listener.line() { heard.append(try JSONDecoder().decode(Heard.self, from: Data(line.utf8))) }
        let told = try String(contentsOfFile: folder + "/session/events.jsonl", encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }.filter { $0.event == "prediction" }
        #expect(heard.count > 20 && heard.count <= told.count, "\(heard.count) of \(told.count)")
        for (one, other) in zip(heard.reversed(), told.reversed()) {
            #expect(one.value == other.value)
            let ahead = try #require(other.at_s) - other.time_s
            #expect(abs(Double(one.ahead) - ahead) < 1e-3)
        }
    }

    @Test func `it predicts live, replays to the byte at any speed, is trained with the session and runs as trained`() throws {
        let folder = try temporaryFolder("prediction")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.rig().write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let live = try RunningLarmor(
            ["recognize", "rig.toml", "--seconds", "8", "--record", "session", "--json"], folder: folder
        ).wait()
        #expect(live.status == 0 && live.messages.contains("“trained” has no trained model"), "\(live.messages)")
        let run = try live.json(Run.self)
        let stage = try #require(run.predictions?.first)
        #expect(run.predictions?.count == 1 && stage.stage == "learning" && stage.target == "amp.eeg Ch2")
        #expect(stage.predictions > 100 && stage.compared > 100 && stage.nrmse != nil && stage.restarts == 1)
        let events = try String(contentsOfFile: folder + "/session/events.jsonl", encoding: .utf8)
        #expect(events.contains("{\"event\":\"prediction\",") && events.contains("\"event\":\"prediction_error\""))
        #expect(events.split(separator: "\n").count { $0.contains("\"prediction\"") } == stage.predictions)

        // As fast as it goes, and at a pace.
        for more in [[], ["--speed", "4"]] {
            let replay = try RunningLarmor(["replay", "session", "--json"] + more, folder: folder).wait()
            let found = try replay.json(Replayed.self)
            #expect(found.identical == true && found.events > 100, "\(replay)")
        }

        let training = try RunningLarmor(
            ["train", "readout", "rig.toml", "--stage", "trained", "--session", "session", "--output", "band", "--json"],
            folder: folder
        ).wait()
        #expect(training.status == 0, "\(training.messages)")
        let trained = try training.json(Trained.self)
        #expect(trained.target == "amp.eeg Ch2" && trained.trainingSteps > 250 && trained.limitedFrames == 0)
        // Another way of fitting, which the numbers show.
        let exact = try RunningLarmor(
            ["train", "readout", "rig.toml", "--stage", "trained", "--session", "session", "--output", "exact", "--exact"],
            folder: folder
        ).wait()
        #expect(exact.status == 0, "\(exact.messages)")
        let weights = try ["band", "exact"].map { try Data(contentsOf: URL(filePath: "\(folder)/\($0)/readout.safetensors")) }
        #expect(weights[0] != weights[1] && weights[0].count == weights[1].count)
        // Named twice, and with a part that cannot be read.
        let base = ["train", "readout", "rig.toml", "--stage", "trained", "--output", "no", "--session", "session"]
        let twice = try RunningLarmor(base + ["--session", "./session"], folder: folder).wait()
        #expect(twice.status == 64 && twice.messages.contains("named twice"), "\(twice)")
        try FileManager.default.copyItem(atPath: folder + "/session", toPath: folder + "/hurt")
        let log = URL(fileURLWithPath: folder + "/hurt/wire/amp.wire")
        var bytes = try Data(contentsOf: log)
        let middle = bytes.count / 2
        bytes.replaceSubrange(middle..<middle + 3000, with: (0..<3000).map { UInt8(truncatingIfNeeded: $0 * 7919 >> 3) })
        try bytes.write(to: log)
        let hurt = try RunningLarmor(base.dropLast() + ["hurt"], folder: folder).wait()
        #expect(hurt.status == 0 && hurt.messages.contains("cannot be read and are left out"), "\(hurt)")
        // A session of other channels.
        try Self.rig(channels: 3).write(toFile: folder + "/wide.toml", atomically: true, encoding: .utf8)
        let wide = try RunningLarmor(["record", "wide.toml", "--seconds", "1.5", "--output", "wide"], folder: folder).wait()
        #expect(wide.status == 0, "\(wide)")
        let mixed = try RunningLarmor(
            [
                "train", "readout", "rig.toml", "--stage", "trained", "--session", "session", "--session", "wide", "--output",
                "no",
            ],
            folder: folder
        ).wait()
        let difference = "channels of its input: 3: Ch1, Ch2, Ch3; expected 2: Ch1, Ch2"
        #expect(mixed.status == 65 && mixed.messages.contains(difference), "\(mixed)")
        try Self.rig("readout = \"band\"").write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let second = try RunningLarmor(
            ["recognize", "rig.toml", "--seconds", "6", "--record", "again", "--json"], folder: folder
        ).wait()
        #expect(second.status == 0, "\(second.messages)")
        let both = try second.json(Run.self)
        #expect(both.predictions?.map(\.stage) == ["learning", "trained"])
        #expect(both.predictions?.allSatisfy { $0.predictions > 100 && $0.restarts == 1 } == true)
        #expect(both.streams.filter { $0.name.hasPrefix("film") }.allSatisfy { $0.lost == 0 })
        // The session holds the readout, so it replays alone.
        try FileManager.default.removeItem(atPath: folder + "/band")
        let replay = try RunningLarmor(["replay", "again", "--json"], folder: folder).wait()
        #expect(try replay.json(Replayed.self).identical == true, "\(replay)")
    }

    @Test(
        arguments: [
            (["--session", "none"], "--stage learning, or --stage trained", 65),
            (["--stage", "trained"], "give one of the two", 64),
            (["--stage", "trained", "--speech", "speech"], "this one has a target", 65),
            (["--stage", "learning", "--session", "none"], "learns while it runs", 65),
            (["--stage", "trained", "--session", "none"], "none", 66),
        ] as [([String], String, Int32)])
    func `training that cannot be is refused`(_ arguments: [String], _ words: String, _ status: Int32) throws {
        let folder = try temporaryFolder("prediction-refused")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.rig().write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let output = try RunningLarmor(["train", "readout", "rig.toml", "--output", "band"] + arguments, folder: folder).wait()
        #expect(output.status == status && output.messages.contains(words), "\(output)")
    }
}
