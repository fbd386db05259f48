import ArgumentParser
import Foundation
import Pipeline

struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records a rig's devices to a session folder.",
        discussion: "Example: larmor record rigs/demo.toml --seconds 10 --output sessions/first")

    @Argument(help: "The rig file.")
    var rig: String

    @Option(help: "Seconds to record; until Ctrl-C by default.")
    var seconds: Double?

    @Option(help: "The session folder; by default a new one, named after the time, in the rig's folder for recordings.")
    var output: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let seconds, !(seconds > 0) { throw ValidationError("--seconds must be above 0") }
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let rig = try Rig(contentsOf: self.rig)
            try InsideStandIn.enter(for: rig)
            let simulators = try RigSimulators(rig, executable: OwnProgram.path)
            let folder = output ?? Self.newFolder(in: rig.recording.folder)
            let run: LiveRun
            do {
                run = try LiveRun(
                    rig, ports: simulators.ports, session: folder, model: nil, readout: nil, version: LarmorVersion.text)
            } catch {
                simulators.stop()
                throw error
            }
            let report = try RunLoop(simulators: simulators, run: run).untilDone(seconds: seconds, label: "recording") {
                if let text = RunLoop.text($0) { Console.note(text) }
            }
            if json { try Console.json(report) } else { Report.show(report) }
            // Without a length, Ctrl-C is how a recording ends.
            if StopRequest.isRequested, seconds != nil { throw ExitCode(130) }
        }
    }

    static func newFolder(in folder: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        return folder + "/" + formatter.string(from: Date())
    }
}
