import ArgumentParser
import Simulators

struct SimulateCyton: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cyton", abstract: "An OpenBCI Cyton on a pseudo-terminal.",
        discussion: "Example: larmor simulate cyton --link /tmp/cyton --drift-ppm 50")

    @Option(help: "Put a link to the pseudo-terminal here.")
    var link: String?

    @Option(help: "Play a recording in OpenBCI's text form (may end in .gz); synthetic EEG by default.")
    var recording: String?

    @Option(help: "How much faster than 250 Hz the board runs, parts per million.")
    var driftPpm = 0.0

    @Option(help: "Seed of the synthetic EEG.")
    var seed: UInt64 = 1

    @OptionGroup var serving: ServingOptions

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let terminal = try PseudoTerminal()
            if let link { try terminal.link(at: link) }
            let source: any EEGSource = try recording.map { try RecordedEEG(path: $0) } ?? SyntheticEEG(seed: seed)
            var simulator = CytonSimulator(terminal: terminal, source: source, drift_ppm: driftPpm)
            let serving = try Serving(.init(device: "cyton", address: terminal.path), serving)
            simulator.serve(until: serving.isDone)
        }
    }
}
