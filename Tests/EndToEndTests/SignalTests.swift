import Foundation
import Glibc
import Programs
import RealTime
import Testing

private struct Verification: Decodable { var ok: Bool, complete: Bool }
private struct Announcement: Decodable { var address: String, server: String? }

/// Processes whose command line holds a word.
private func running(_ word: String) -> [Int32] {
    let all = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    return all.filter { (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8))?.contains(word) == true }
}

/// Requests to end: by Ctrl-C, SIGTERM, SIGHUP, and a kill that asks nobody.
@Suite(.serialized)
struct SignalTests {
    private let folder: String
    private var session: String { folder + "/session" }
    private let rig = rigs + "/rda.toml"

    init() throws { folder = try temporaryFolder("signals") }

    private func started(_ arguments: [String], in place: String? = nil) throws -> ChildProgram {
        try ChildProgram(Larmor.path, arguments, folder: place, output: .file(folder + "/out"), error: .file(folder + "/err"))
    }

    private var messages: String { (try? String(contentsOfFile: folder + "/err", encoding: .utf8)) ?? "" }

    private func isWhole(_ session: String) throws -> Bool {
        let found = try Larmor.run("sessions", "verify", session, "--json").json(Verification.self)
        return found.ok && found.complete
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a recording is closed whole by each signal that asks for it`(number: Int32) throws {
        let open = try started(["record", rig, "--output", session])
        #expect(isBegun(session))
        usleep(1_500_000)
        open.signal(number)
        // Without a length this is how a recording ends; with one it is cut short.
        #expect(open.wait(seconds: patience) == .exit(0))
        #expect(try isWhole(session))
        let other = folder + "/other"
        let cut = try started(["record", rig, "--seconds", "60", "--output", other])
        #expect(isBegun(other))
        usleep(500_000)
        cut.signal(number)
        #expect(cut.wait(seconds: patience) == .exit(128 + number))
        #expect(try isWhole(other))
        #expect(!messages.contains("Fatal error"))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func `a check that is cut short says so`(number: Int32) throws {
        let check = try started(["check", rig, "--seconds", "60"])
        #expect(waitUntil { !processes(["simulate", "rda"], below: check.processIdentifier).isEmpty })
        usleep(2_500_000)
        check.signal(number)
        #expect(check.wait(seconds: patience) == .exit(128 + number))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func `a simulator ends and takes its link away`(number: Int32) throws {
        let link = folder + "/thinkgear"
        let simulator = try started(["simulate", "thinkgear", "--link", link])
        #expect(waitUntil { (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != nil })
        simulator.signal(number)
        #expect(simulator.wait(seconds: patience) == .exit(0))
        #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == nil)
    }

    @Test(.enabled(if: Larmor.hasStands, Larmor.standsComment)) func `a second signal ends a command at once`() throws {
        let demo = try started(["demo", "--output", folder + "/demo"], in: folder)
        #expect(waitUntil { !processes(["simulate", "speech"], below: demo.processIdentifier).isEmpty })
        // A step that hears nothing is waited for, for a while.
        let step = try #require(processes(["simulate", "speech"], below: demo.processIdentifier).first)
        kill(step, SIGSTOP)
        demo.signal(SIGTERM)
        #expect(demo.wait(seconds: 1) == nil)
        let watch = Stopwatch(programs: [demo.processIdentifier])
        demo.signal(SIGTERM)
        #expect(demo.wait(seconds: patience) == .exit(143))
        #expect(watch.seconds < 1 + watch.lost)
        kill(step, SIGKILL)
    }

    @Test(
        .enabled(if: Larmor.hasStands, Larmor.standsComment), arguments: [SIGTERM, SIGHUP, SIGKILL])
    func `a simulated microphone leaves no sound server and no folder, however it ends`(number: Int32) throws {
        let microphone = try ChildProgram(Larmor.path, ["simulate", "microphone", "--json"], output: .pipe)
        let line = try #require(microphone.readLine(timeout: patience))
        let server = try #require(try JSONDecoder().decode(Announcement.self, from: Data(line.utf8)).server)
        let place = URL(fileURLWithPath: String(server.dropFirst("unix:".count))).deletingLastPathComponent().path
        #expect(!running(place).isEmpty)
        #expect(FileManager.default.fileExists(atPath: place))
        microphone.signal(number)
        microphone.wait()
        // By itself a sound server that nobody listens to ends after two minutes.
        #expect(waitUntil(seconds: 60) { running(place).isEmpty })
        #expect(waitUntil { !FileManager.default.fileExists(atPath: place) })
    }

    @Test(
        .enabled(if: Larmor.hasStands, Larmor.standsComment), arguments: [(SIGTERM, true), (SIGINT, true), (SIGHUP, false)])
    func `a demo ends in the middle of a step with what it recorded closed and nothing left running`(
        number: Int32, isRecording: Bool
    ) throws {
        let output = folder + "/demo"
        let demo = try started(["demo", "--output", output], in: folder)
        let recording = output + "/sessions/background/session.json"
        if isRecording {
            #expect(waitUntil { FileManager.default.fileExists(atPath: recording) })
        } else {
            #expect(waitUntil { !processes(["larmor"], below: demo.processIdentifier).isEmpty })
        }
        usleep(2_000_000)
        let watch = Stopwatch(programs: [demo.processIdentifier])
        demo.signal(number)
        #expect(demo.wait(seconds: patience) == .exit(128 + number))
        #expect(watch.seconds < 5 + watch.lost)
        #expect(!messages.contains("Fatal error") && !messages.contains("Illegal instruction"))
        if isRecording { #expect(try isWhole(output + "/sessions/background")) }
        #expect(waitUntil { running(output).isEmpty })
    }

    @Test(.enabled(if: Larmor.hasStands, Larmor.standsComment))
    func `a recorder that is killed leaves no simulator, no sound server and no stand-in`() throws {
        let recorder = try started(["record", rigs + "/demo.toml", "--output", session])
        #expect(isBegun(session))
        usleep(1_000_000)
        // What it runs in and on: the stand-in's folder, the sound server's, the simulators.
        let environment = try String(contentsOfFile: "/proc/\(recorder.processIdentifier)/environ", encoding: .utf8)
        let variables = environment.split(separator: "\0").map(String.init)
        let standIn = try #require(variables.first { $0.hasPrefix("UMOCKDEV_DIR=") }).dropFirst("UMOCKDEV_DIR=".count)
        let sound = "larmor-sound-\(recorder.processIdentifier)-microphone"
        let soundFolder = FileManager.default.temporaryDirectory.path + "/" + sound
        let simulators = processes(["simulate"], below: recorder.processIdentifier)
        #expect(simulators.count == 3 && !running(sound).isEmpty)
        #expect(FileManager.default.fileExists(atPath: String(standIn)) && FileManager.default.fileExists(atPath: soundFolder))
        recorder.signal(SIGKILL)
        recorder.wait()
        #expect(waitUntil(seconds: 60) { running(sound).isEmpty && !FileManager.default.fileExists(atPath: soundFolder) })
        #expect(waitUntil { !FileManager.default.fileExists(atPath: String(standIn)) })
        #expect(waitUntil { !simulators.contains { running("simulate").contains($0) } })
    }

    @Test func `messages are as many as one asks for`() throws {
        func messages(_ arguments: [String], _ environment: [String: String] = [:]) throws -> String {
            try RunningLarmor(arguments, environment: environment).wait().messages
        }
        let list = ["sessions", "list", "/nowhere/sessions"]
        #expect(try messages(list).contains("larmor: warning: "))
        #expect(try !messages(list, ["LARMOR_LOG_LEVEL": "error"]).contains("warning"))
        #expect(try !messages(["--log-level", "error"] + list).contains("warning"))
        #expect(try messages(["--log-level", "warning"] + list, ["LARMOR_LOG_LEVEL": "error"]).contains("larmor: warning: "))
        #expect(try messages(list, ["LARMOR_LOG_LEVEL": "loud"]).contains("expected one of trace, debug"))
        #expect(try Larmor.run("--log-level", "loud", "sessions", "list").status == 64)
    }
}
