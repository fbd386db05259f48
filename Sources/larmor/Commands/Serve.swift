import ArgumentParser
import LivePage
import RemoteControl
import Rigs

struct Serve: LiveCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows a rig on a page in the browser, where recordings are begun and ended.",
        discussion: """
            The page has traces, the state of every device, words, films and times, and a page of its own for the subject. It is \
            offered on 127.0.0.1; another address needs a token. Recordings go to the folder that the rig file names. Programs \
            read /api/state and, as Prometheus does, /metrics.
            Example: larmor serve rigs/demo.toml --port 8577
            """)

    @Argument(help: "The rig file.")
    var rig: String

    @Option(help: "Port of the page; 0 takes a free one.")
    var port = PageServer.usualPort

    @OptionGroup var reach: PageReach

    @Option(
        defaultAsFlag: ControlServer.usualPort, parsing: .next,
        help: ArgumentHelp(
            "Listen to LabRecorder's remote control on this port of 127.0.0.1, too; 0 takes a free one.", valueName: "port"))
    var control: UInt16? = nil

    @Option(help: "Wait so many seconds for devices and LSL streams that are not there yet.")
    var waitFor: Double?

    @Flag(help: "Ask for real-time priority and locked memory.")
    var realTime = false

    @Flag(help: "Print one JSON object for each recording, and first one with the page's address.")
    var json = false

    var outputIsTheProduct: Bool { json }

    func validate() throws {
        try RigOpening.check(waitFor)
        try reach.check()
    }

    func enterEnvironment() throws { try RigEnvironment.enter(forRigAt: rig) }

    private struct Announcement: Encodable {
        var address: String
        var tokenRequired: Bool
    }

    func work() throws {
        let rig = try Rig(contentsOf: self.rig)
        ProcessProvenance.note(seed: rig.seed)
        ProcessProvenance.note(data: self.rig)
        var options = PageOptions()
        options.page = port
        options.reach = reach
        let recording = try ControlledRecording(
            rig, port: control, page: options, patience: waitFor, takesTyped: false, realTime: realTime, json: json)
        if json, let page = recording.page {
            try Console.json(
                Announcement(
                    address: "http://\(reach.pageAddress):\(page.port)/", tokenRequired: reach.pageTokenFile != nil))
        }
        try recording.run()
    }
}
