import ArgumentParser
import Devices
import Foundation
import Outputs
import Recording
import RemoteControl
import Rigs

struct Record: LiveCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records a rig's devices to a session folder.",
        discussion: """
            With --prompts, sentences of a file (UTF-8, one per line) are shown at Enter or every --prompt-interval seconds, and \
            each is stamped when it appears; a word and Enter sets a marker. Prompts and markers are streams of the recording.
            Example: larmor record rigs/demo.toml --seconds 10 --output sessions/first

            With --control, programs begin and end recordings by LabRecorder's remote control: lines over TCP to 127.0.0.1, \
            start, stop, update, filename {root:…} {template:…} {task:…} {run:…} {participant:…} …, select all, and also status, \
            streams, marker TEXT. The answer is OK, or ERROR and the reason. Devices run and are watched between the recordings; \
            start opens them anew and answers when they are recorded. Nothing is overwritten: where a name is taken, the next run \
            number is. Without filename, recordings are named after the time. Ctrl-C ends it.
            Example: larmor record rigs/demo.toml --control 22345
            """)

    @Argument(help: "The rig file.")
    var rig: String

    @Option(help: "Seconds to record; until Ctrl-C by default.")
    var seconds: Double?

    @Option(help: "The session folder; by default a new one, named after the time, in the rig's folder for recordings.")
    var output: String?

    @Option(help: "The subject's identifier; the rig's by default.")
    var subject: String?

    @Option(help: "A note on the session; the rig's by default.")
    var note: String?

    @Option(help: "Show the sentences of this file. Without --seconds the recording ends after the last one.")
    var prompts: String?

    @Option(help: "Seconds from one sentence to the next; by default Enter shows the next one.")
    var promptInterval: Double?

    @Flag(help: "Record typed lines as markers, also without --prompts.")
    var markers = false

    @Option(help: "Wait so many seconds for devices and LSL streams that are not there yet.")
    var waitFor: Double?

    @Option(
        defaultAsFlag: ControlServer.usualPort, parsing: .next,
        help: ArgumentHelp(
            "Record when a program says so, by LabRecorder's remote control on this port of 127.0.0.1; 0 takes a free one.",
            valueName: "port"))
    var control: UInt16? = nil

    @OptionGroup var page: PageOptions

    @Flag(help: "Ask for real-time priority and locked memory.")
    var realTime = false

    @Flag(help: "Print one JSON object; with --control one for each recording.")
    var json = false

    func validate() throws {
        try RigOpening.check(waitFor)
        try page.check()
        if control != nil {
            try GivenOptions.refuse(
                ["--seconds", "--output", "--prompts", "--prompt-interval"],
                "does nothing with --control, where a program says when and where to record")
        }
        if let seconds, !(seconds > 0) { throw ValidationError("--seconds must be above 0") }
        if let promptInterval {
            guard promptInterval >= 0.1, promptInterval <= 86_400 else {
                throw ValidationError("--prompt-interval must be from 0.1 to 86400 seconds")
            }
            guard prompts != nil else { throw ValidationError("--prompt-interval needs --prompts") }
        }
        if let subject, subject.allSatisfy(\.isWhitespace) { throw ValidationError("--subject needs a name") }
    }

    var outputIsTheProduct: Bool { json }

    func enterEnvironment() throws { try RigEnvironment.enter(forRigAt: rig) }

    func work() throws {
        var rig = try Rig(contentsOf: self.rig)
        ProcessProvenance.note(seed: rig.seed)
        ProcessProvenance.note(data: self.rig)
        if let subject { rig.recording.subject = subject }
        if let note { rig.recording.note = note }
        if let control {
            return try ControlledRecording(
                rig, port: control, page: page.page == nil ? nil : page, patience: waitFor, takesTyped: markers,
                realTime: realTime, json: json
            ).run()
        }
        let list = try prompts.map { try PromptList(contentsOf: $0) }
        let folder = output ?? Self.newFolder(in: rig.recording.folder)
        try OutputPlace.checkFolder(OutputPlace.folder(above: folder))
        let simulators = try RigSimulators(rig, executable: OwnProgram.path)
        let run: LiveRun
        let prompter: Prompter?
        let paged: PagedRun?
        let feed: ConsoleFeed?
        do {
            paged = try page.page.map { _ in try PagedRun(page, title: rig.name) }
            prompter = list != nil || markers ? try Prompter(list, interval: promptInterval) : nil
            feed = try prompter?.feed ?? paged.map { _ in try ConsoleFeed() }
            run = try RigOpening(rig: rig, simulators: simulators, patience: waitFor).open {
                try LiveRun(
                    rig, ports: simulators.ports, session: folder, provenance: ProcessProvenance.now,
                    console: feed, isWatched: paged != nil)
            }
        } catch {
            simulators.stop()
            throw error
        }
        RigOpening.tell(run.rig)
        prompter?.start()
        var loop = RunLoop(simulators: simulators, run: run)
        loop.page = paged?.page
        loop.realTime = realTime
        paged?.begin(run, folder: folder, feed: feed)
        defer { paged?.stop() }
        let report = try loop.untilDone(
            seconds: seconds, label: "recording",
            isDone: {
                paged?.refresh()
                return (prompter?.isDone() ?? false) && seconds == nil
            },
            show: Console.note)
        if json { try Console.json(report) } else { Report.show(report) }
        try loop.checkRecorder()
        // Without a length, Ctrl-C is how a recording ends.
        if StopRequest.isRequested, seconds != nil { throw StopRequest.exitCode }
    }

    static func newFolder(in folder: String) -> String { folder + "/" + newName }

    /// After the time.
    static var newName: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        return formatter.string(from: Date())
    }
}
