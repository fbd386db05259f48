import ArgumentParser
import Failures
import Foundation
import Outputs
import Programs
import Recording

/// Runs the demo's steps as child processes of this very program and reads their JSON.
struct DemoSteps {
    struct Summary: Codable {
        var streams: [RunReport.Stream]
        var readoutAccuracy: Double?
        var wordErrorRate: Double?
        var computingMs: RunReport.Quantiles?
        var filmComputingMs: RunReport.Quantiles?
        var wordDelayMs: RunReport.WordDelay?
        var filmWordDelayMs: RunReport.WordDelay?
        var replayIdentical: Bool
        var session: String
        /// An overview of the session, SVG.
        var picture: String
        var live: RunReport
        /// nil where it was left out.
        var sentences: DemoSentences.Summary?
    }

    /// What `replay --json` prints, as far as the demo needs it.
    private struct ReplayResult: Decodable {
        var sha256: String
        var identical: Bool?
    }

    let folder: URL
    let speech: String?
    let eeg: String?
    /// Test words to speak; 0 for all.
    let words: Int
    let short: Bool
    /// Whether espeak-ng can speak the sentences' words.
    let hasSentences: Bool

    func run() throws -> Summary {
        let rig = try writeRig()
        let steps = hasSentences ? 7 : 5
        let speechFolder = try speech ?? makeSpeech()

        Console.note("1/\(steps)  recording \(short ? 8 : 20) s of background from all devices")
        let background: RunReport = try step([
            "record", rig, "--seconds", short ? "8" : "20", "--output", freeFolder("sessions/background"),
        ])

        Console.note("2/\(steps)  training the film's readout")
        try run(["train", "readout", rig, "--speech", speechFolder, "--output", path("models/film")])
        Console.note("3/\(steps)  training the CTC network")
        try run(
            [
                "train", "recognizer", "--speech", speechFolder, "--eeg", background.session ?? "",
                "--output", path("models/words"),
            ] + (short ? ["--epochs", "16"] : []))

        Console.note("4/\(steps)  recognising live from the running devices")
        let live: RunReport = try step([
            "recognize", rig, "--model", path("models/words"), "--readout", path("models/film"),
            "--speech", speechFolder, "--words", "\(words)", "--record", freeFolder("sessions/live"),
        ])
        guard let session = live.session else { throw DemoError.noSession }

        Console.note("5/\(steps)  replaying the recording")
        var identical = true
        for speed in short ? ["max"] : ["max", "1"] {
            identical = try isReplayIdentical(session, speed: speed) && identical
        }
        let picture = path("live.svg")
        try run(["sessions", "info", session, "--plot", picture])
        let sentences = hasSentences ? try DemoSentences(steps: self).run() : nil
        return Summary(
            streams: live.streams, readoutAccuracy: live.readoutAccuracy, wordErrorRate: live.wordErrorRate,
            computingMs: live.computingMs, filmComputingMs: live.filmComputingMs, wordDelayMs: live.wordDelayMs,
            filmWordDelayMs: live.filmWordDelayMs, replayIdentical: identical, session: session,
            picture: picture, live: live, sentences: sentences)
    }

    func isReplayIdentical(_ session: String, speed: String) throws -> Bool {
        let result: ReplayResult = try step(["replay", session, "--speed", speed])
        return result.identical == true
    }

    func report(_ arguments: [String]) throws -> RunReport { try step(arguments) }

    /// `name`, or `name-2`, `name-3` …: recordings of an earlier demo stay.
    func freeFolder(_ name: String) -> String {
        var (candidate, number) = (path(name), 1)
        while FileManager.default.fileExists(atPath: candidate) {
            number += 1
            candidate = path("\(name)-\(number)")
        }
        return candidate
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// The embedded rig, with the EEG recording filled in where one is given.
    private func writeRig() throws -> String {
        let file = path("rig.toml")
        try OutputFile.write(DemoRig.text(eegRecording: eeg), to: file)
        return file
    }

    private func makeSpeech() throws -> String {
        let target = path("speech")
        Console.note("     speaking the words with espeak-ng")
        try run(["simulate", "speech", "--output", target] + (short ? ["--voices", "4"] : []))
        return target
    }

    /// Runs a step whose standard output is one JSON object.
    private func step<Result: Decodable>(_ arguments: [String]) throws -> Result {
        let data = try run(arguments + ["--json"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Result.self, from: data)
    }

    /// Seconds that a step has for keeping its data once the demo is asked to stop: on a busy machine that takes its time, and whoever
    /// does not want to wait asks again.
    private static let patience = 60.0

    @discardableResult
    func run(_ arguments: [String]) throws -> Data {
        if StopRequest.isRequested { throw StopRequest.exitCode }
        let program = try ChildProgram(OwnProgram.path, arguments, output: .pipe, error: .inherited)
        var output: [UInt8] = []
        while let piece = program.read(timeout: 0.05) {
            output += piece
            if StopRequest.isRequested {
                // The step keeps its data, as it does when it is stopped alone; Ctrl-C in a terminal does not reach it.
                program.stop(patience: Self.patience)
                throw StopRequest.exitCode
            }
        }
        switch program.wait() {
        case .exit(0): return Data(output)
        case .exit(let code): throw DemoError.stepFailed(arguments.joined(separator: " "), code)
        case let end: throw DemoError.stepEnded(arguments.joined(separator: " "), end.map { "\($0)" } ?? "runs on")
        }
    }
}

enum DemoError: EndedStep {
    case stepFailed(String, Int32)
    case stepEnded(String, String)
    case noSession
    case noFolder(String, String)
    case noInput(String, String)

    var exitCode: Int32 {
        switch self {
        case .stepFailed(_, let code): code
        case .noFolder: FailureKind.inputOutput.rawValue
        case .noInput: FailureKind.missingInput.rawValue
        default: 1
        }
    }

    var description: String {
        switch self {
        case .stepFailed(let step, let status): "“larmor \(step)” ended with exit code \(status)"
        case .stepEnded(let step, let how): "“larmor \(step)” \(how)"
        case .noFolder(let path, let cause): "\(path): the demo's folder cannot be made: \(cause)"
        case .noInput(let path, let cause): "\(path): cannot be read: \(cause)"
        case .noSession: "the live run left no session folder"
        }
    }
}
