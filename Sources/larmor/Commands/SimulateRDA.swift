import ArgumentParser
import Simulators

struct SimulateRDA: LiveCommand {
    enum Form: String, ExpressibleByArgument, CaseIterable { case float32, int16 }

    static let configuration = CommandConfiguration(
        commandName: "rda", abstract: "Brain Products' Recorder with its Remote Data Access, on TCP.",
        discussion: "Example: larmor simulate rda --port 51244 --channels 32 --rate 1000")

    @Option(help: "TCP port; 0 takes a free one.")
    var port: UInt16 = 0

    @Option(help: "Channels.")
    var channels = 32

    @Option(help: "Points per second.")
    var rate = 1000.0

    @Option(help: "Number format of the values: \(Form.allCases.map(\.rawValue).joined(separator: " or ")).")
    var form = Form.float32

    @Option(help: "Blocks of 20 ms from one marker to the next; 0 for none.")
    var markerEvery = 50

    @OptionGroup var headset: HeadsetOptions
    @OptionGroup var serving: ServingOptions

    func validate() throws {
        try SimulatorKind.rda.check(["channels": Double(channels), "rate": rate, "marker_every": Double(markerEvery)])
    }

    func work() throws {
        let firmware = RDAFirmware(
            source: try headset.source(), names: (1...channels).map { "Ch\($0)" }, rate: rate,
            points: max(1, Int(rate / 50)), isFloat: form == .float32, markerEvery: markerEvery)
        let simulator = try TCPSimulator(
            firmware, port: port, plan: headset.plan(), drift_ppm: headset.driftPpm)
        let serving = try Serving(.init(device: "rda", address: simulator.address), serving)
        simulator.serve(until: serving.isDone)
    }
}
