import ArgumentParser
import Rigs
import Simulators

extension SimulatorKind {
    /// Refuses values of options that no rig may have either.
    func check(_ given: [String: Double]) throws {
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let setting = setting(name), !setting.allows(value) else { continue }
            throw ValidationError("--\(name.replacing("_", with: "-")) must be \(setting.expected)")
        }
    }
}

/// Options of every simulated headset.
struct HeadsetOptions: ParsableArguments {
    @Option(help: "Play a recording in OpenBCI's text form (may end in .gz); synthetic EEG by default.")
    var recording: String?

    @Option(help: "Seed of the synthetic EEG.")
    var seed: UInt64 = 1

    @Option(help: "How much faster than nominal the device's clock runs, parts per million.")
    var driftPpm = 0.0

    @Option(help: "A fault plan (TOML): which packets to lose, delay or damage; see firmware-protocols/faults.")
    var faults: String?

    func validate() throws {
        try SimulatorKind.cyton.check(["drift_ppm": driftPpm])
        if recording != nil { try GivenOptions.refuse(["--seed"], "is of synthetic EEG; leave it or --recording out") }
    }

    func source() throws -> any EEGSource {
        try recording.map { try RecordedEEG(path: $0) } ?? SyntheticEEG(seed: seed)
    }

    func plan() throws -> FaultPlan { try faults.map { try FaultPlan(contentsOf: $0) } ?? FaultPlan() }

    /// Serves a firmware on a pseudo-terminal until it is stopped.
    func serve(
        _ device: String, link: String?, _ options: ServingOptions, _ firmware: some SimulatedFirmware
    ) throws {
        var simulator = try SerialSimulator(firmware, link: link, plan: plan(), drift_ppm: driftPpm)
        let serving = try Serving(.init(device: device, address: simulator.address), options)
        try simulator.serve(until: serving.isDone)
    }
}
