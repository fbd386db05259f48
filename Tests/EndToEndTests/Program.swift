import Foundation
import RealTime
import Testing

/// The larmor program that was built beside these tests.
enum Larmor {
    static let path: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("larmor").path
    }()

    /// Programs that the simulated rig runs on; installed by `make setup`.
    static let hasStands = ["/usr/bin/umockdev-run", "/usr/bin/pulseaudio", "/usr/bin/pacat"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    static let standsComment: Comment = "needs umockdev and pulseaudio, which `make setup` installs"

    struct Result {
        var status: Int32
        var output: String
        var messages: String

        func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(type, from: Data(output.utf8))
        }
    }

    /// Runs a command to its end.
    static func run(_ arguments: String..., in folder: String? = nil) throws -> Result {
        try RunningLarmor(arguments, folder: folder).wait()
    }
}

/// A larmor command at work, its output going to files.
final class RunningLarmor {
    private let process = Process()
    private let folder: String

    /// - Parameters:
    ///   - environment: added to the tests' own.
    ///   - input: the program's standard input; empty by default.
    init(
        _ arguments: [String], folder: String? = nil, environment: [String: String] = [:],
        input: Any = FileHandle.nullDevice
    ) throws {
        self.folder = try temporaryFolder("run")
        for name in ["out", "err"] { _ = FileManager.default.createFile(atPath: self.folder + "/" + name, contents: nil) }
        process.executableURL = URL(fileURLWithPath: Larmor.path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        process.standardInput = input
        process.standardOutput = FileHandle(forWritingAtPath: self.folder + "/out")
        process.standardError = FileHandle(forWritingAtPath: self.folder + "/err")
        try process.run()
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var messages: String { text("err") }
    var output: String { text("out") }

    func interrupt() { process.interrupt() }

    /// Ends the program with no chance to do anything.
    func kill() { Glibc.kill(pid, SIGKILL) }

    func wait() -> Larmor.Result {
        process.waitUntilExit()
        let result = Larmor.Result(status: process.terminationStatus, output: text("out"), messages: text("err"))
        try? FileManager.default.removeItem(atPath: folder)
        return result
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? ""
    }
}

func temporaryFolder(_ name: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-\(name)-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
}

/// Samples of a stream that a session holds by now; its recorder may be at work.
func recordedSamples(_ stream: String, _ session: String) -> Int {
    struct Info: Decodable {
        struct Stream: Decodable { var name: String, samples: Int }
        var streams: [Stream]
    }
    let found = try? Larmor.run("sessions", "info", session, "--json").json(Info.self)
    return found?.streams.first { $0.name == stream }?.samples ?? 0
}

/// Waits until the session of a recorder is there.
func isBegun(_ session: String) -> Bool { waitUntil { FileManager.default.fileExists(atPath: session + "/session.json") } }

/// Processes whose command line holds all of `words` and that descend from `ancestor`.
func processes(_ words: [String], below ancestor: Int32) -> [Int32] {
    let all = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    return all.filter { pid in
        guard let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8),
            words.allSatisfy({ line.contains($0) })
        else { return false }
        var current = pid
        while current > 1 {
            if current == ancestor { return pid != ancestor }
            guard let status = try? String(contentsOfFile: "/proc/\(current)/stat", encoding: .utf8),
                let rest = status.split(separator: ")").last?.split(separator: " "), rest.count > 1,
                let parent = Int32(rest[1])
            else { return false }
            current = parent
        }
        return false
    }
}

/// The rigs folder of this checkout.
let rigs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../rigs")
    .standardizedFileURL.path
