import ArgumentParser
import Simulators

struct SimulateLines: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "lines", abstract: "A RigLink board whose digital lines are wired to its own outputs, on TCP.",
        discussion: "Example: larmor simulate lines --delay-ms 40")

    @Option(help: "TCP port; 0 takes a free one.")
    var port: UInt16 = 0

    @Option(help: "Number of digital lines, and of outputs.")
    var lines = 4

    @Option(help: "Frames per second.")
    var rate = 1000.0

    @Option(help: "Milliseconds from an output to the line that is wired to it.")
    var delayMs = 0.0

    @OptionGroup var serving: ServingOptions

    func validate() throws {
        try SimulatorKind.lines.check(["lines": Double(lines), "rate": rate, "delay_ms": delayMs])
    }

    func work() throws {
        let simulator = try TCPSimulator(LineBoardFirmware(lines: lines, rate: rate, delayMs: delayMs), port: port)
        let serving = try Serving(.init(device: "lines", address: simulator.address), serving)
        simulator.serve(until: serving.isDone)
    }
}
