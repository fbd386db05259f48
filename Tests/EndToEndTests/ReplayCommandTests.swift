import Foundation
import RealTime
import Testing

/// `larmor replay` from outside, on a recording of the demo's rig.
@Suite(.serialized, .enabled(if: Larmor.hasStands, Larmor.standsComment))
struct ReplayCommandTests {
    private struct Replayed: Decodable {
        var source: String
        var events: Int
        var sha256: String
        var identical: Bool?
        var passes: Int
        var passesAgree: Bool
    }

    private struct Compared: Decodable {
        struct Difference: Decodable {
            var line: Int?
            var field: String
            var stream: String?
        }
        var equal: Bool
        var lines: Int
        var samples: Int
        var difference: Difference?
    }

    private struct Announced: Decodable { var device: String, address: String }

    static let python = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]

    /// Three seconds of the headset, and two and a half of sound: the sound server needs a moment to begin.
    private func record() throws -> String {
        let folder = try temporaryFolder("replay")
        let session = folder + "/session"
        let recorder = try RunningLarmor(["record", rigs + "/demo.toml", "--output", session])
        #expect(
            waitUntil(every: 0.5) {
                recordedSamples("headset.eeg", session) >= 750 && recordedSamples("microphone.audio", session) >= 40_000
            })
        recorder.interrupt()
        let result = recorder.wait()
        #expect(result.status == 0, "\(result.messages)")
        return folder
    }

    @Test func `a session replays at every speed, in part, from XDF, and is compared with its copy`() throws {
        let folder = try record()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let session = folder + "/session"
        var hashes: Set<String> = []
        for speed in ["max", "4", "1"] {
            let result = try Larmor.run("replay", session, "--speed", speed, "--json")
            let replayed = try result.json(Replayed.self)
            #expect(result.status == 0 && replayed.identical == true && replayed.source == "wire" && replayed.passes == 1)
            hashes.insert(replayed.sha256)
        }
        #expect(hashes.count == 1)
        hashes = []
        for speed in ["max", "8"] {
            let replayed = try Larmor.run("replay", session, "--from-xdf", "--speed", speed, "--json").json(Replayed.self)
            #expect(replayed.source == "xdf" && replayed.identical == nil && replayed.events >= 6)
            hashes.insert(replayed.sha256)
        }
        #expect(hashes.count == 1)
        // Without a wire log its device comes from the samples, and that is said.
        let wire = session + "/wire/microphone.wire"
        try FileManager.default.moveItem(atPath: wire, toPath: folder + "/kept.wire")
        let mixed = try Larmor.run("replay", session, "--json")
        #expect(try mixed.json(Replayed.self).source == "wire and xdf")
        #expect(mixed.messages.contains("wire/microphone.wire is missing") && mixed.output.contains("missing_wire_logs"))
        try FileManager.default.moveItem(atPath: folder + "/kept.wire", toPath: wire)
        let part = try Larmor.run("replay", session, "--from", "1", "--to", "2", "--device", "headset", "--json")
        #expect(part.status == 0)
        #expect(try part.json(Replayed.self).identical == nil)

        try FileManager.default.copyItem(atPath: session, toPath: folder + "/copy")
        let same = try Larmor.run("replay", "--compare", session, folder + "/copy", "--json")
        #expect(same.status == 0)
        let found = try same.json(Compared.self)
        #expect(found.equal && found.lines >= 6 && found.samples > 40_000)
        let log = folder + "/copy/events.jsonl"
        let text = try String(contentsOfFile: log, encoding: .utf8)
        try text.replacingOccurrences(of: "\"device\":\"film\"", with: "\"device\":\"foil\"")
            .write(toFile: log, atomically: true, encoding: .utf8)
        let other = try Larmor.run("replay", "--compare", session, folder + "/copy", "--json")
        #expect(other.status == 1)
        let difference = try #require(try other.json(Compared.self).difference)
        let line = text.split(separator: "\n").firstIndex { $0.contains("\"device\":\"film\"") }
        #expect(difference.line == line.map { $0 + 1 } && difference.field == "device")
    }

    @Test func `wrong command lines and sessions are told apart`() throws {
        #expect(try Larmor.run("replay").status == 64)
        #expect(try Larmor.run("replay", "x", "--speed", "0").status == 64)
        #expect(try Larmor.run("replay", "x", "--from", "3", "--to", "2").status == 64)
        #expect(try Larmor.run("replay", "--compare", "x").status == 64)
        #expect(try Larmor.run("replay", "x", "--lsl").status == 64)
        #expect(try Larmor.run("replay", "/nowhere").status == 66)
        #expect(try Larmor.run("replay", "/nowhere", "--serve", "headset").status == 66)
    }

    /// What BrainFlow reads of a served headset, and what was recorded, as far as both go.
    private static let script = """
        import json, sys, time
        import numpy as np
        from brainflow.board_shim import BoardIds, BoardShim, BrainFlowInputParams
        BoardShim.disable_board_logger()
        parameters = BrainFlowInputParams()
        parameters.serial_port = sys.argv[1]
        board = BoardShim(BoardIds.CYTON_BOARD.value, parameters)
        board.prepare_session()
        board.start_stream()
        end = time.time() + 120
        while board.get_board_data_count() < 400 and time.time() < end:
            time.sleep(0.02)
        board.stop_stream()
        data = board.get_board_data()
        board.release_session()
        read = data[BoardShim.get_eeg_channels(BoardIds.CYTON_BOARD.value)].T
        recorded = np.load(sys.argv[2]) * 1e6
        length = min(len(read), len(recorded))
        print(json.dumps(dict(length=length, farthest=float(np.abs(read[:length] - recorded[:length]).max()))))
        """

    private struct Read: Decodable { var length: Int, farthest: Double }

    @Test(.enabled(if: python != nil, "needs LARMOR_PYTHON with brainflow"))
    func `BrainFlow reads a recorded Cyton that is served again, and gets the recorded microvolts`() throws {
        let folder = try record()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let exported = try Larmor.run(
            "sessions", "export", folder + "/session", "--format", "npy", "--output", folder + "/npy")
        #expect(exported.status == 0, "\(exported.messages)")
        let link = folder + "/cyton"
        let server = try RunningLarmor(["replay", folder + "/session", "--serve", "headset", "--link", link, "--json"])
        defer { server.kill() }
        #expect(waitUntil { (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != nil })
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.python))
        process.arguments = ["-W", "ignore", "-c", Self.script, link, folder + "/npy/headset.eeg.npy"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let read = try JSONDecoder().decode(Read.self, from: data)
        // 24 bits at gain 24 are 0.022 µV a count.
        #expect(read.length >= 300 && read.farthest < 0.012, "\(read)")
        server.interrupt()
        let announced = try server.wait().json(Announced.self)
        #expect(announced.device == "headset" && announced.address.hasPrefix("/dev/pts/"))
    }
}
