import Signals

/// Serves a device's firmware on a pseudo-terminal, at the pace of its own clock and under a fault plan.
public struct SerialSimulator<Firmware: SimulatedFirmware> {
    private var clock: FirmwareClock<Firmware>
    private var terminal: PseudoTerminal
    private let link: String?
    /// The pseudo-terminal that is served first.
    public let address: String

    /// - Parameters:
    ///   - link: where a symbolic link to the pseudo-terminal is put; needed for a plan that disconnects, because the device comes
    ///     back on another pseudo-terminal.
    ///   - drift_ppm: how much faster than nominal the device's clock runs.
    /// - Throws: ``SimulatorError`` when there is no pseudo-terminal or the link cannot be put.
    public init(
        _ firmware: Firmware, link: String? = nil, plan: FaultPlan = FaultPlan(), drift_ppm: Double = 0
    ) throws(SimulatorError) {
        if link == nil, plan.faults.contains(where: { $0.kind == .disconnect }) {
            throw SimulatorError(
                "a plan that disconnects needs a name that stays: the device comes back on another pseudo-terminal",
                remedy: "add --link PATH")
        }
        clock = FirmwareClock(firmware, plan: plan, drift_ppm: drift_ppm)
        self.link = link
        terminal = try PseudoTerminal()
        if let link { try terminal.link(at: link) }
        address = terminal.path
    }

    public var tally: FaultInjector.Tally { clock.injector.tally }

    /// Serves until `isDone` says so.
    /// - Throws: ``SimulatorError`` when the device cannot come back after a disconnection.
    public mutating func serve(until isDone: () -> Bool) throws(SimulatorError) {
        terminal.write(clock.firmware.connect())
        while !isDone() {
            let bytes = terminal.read(timeout: clock.firmware.isStreaming ? 0.002 : 0.02)
            if !bytes.isEmpty { terminal.write(clock.receive(bytes)) }
            for delivery in clock.deliveries(at: .now()) {
                switch delivery {
                case .bytes(let bytes, _, _): terminal.write(bytes)
                case .hangUp(let at, let until): try comeBack(after: until - at, isDone)
                }
            }
        }
    }

    /// Hangs up, waits, and comes back on a new pseudo-terminal under the same name.
    private mutating func comeBack(after seconds: Double, _ isDone: () -> Bool) throws(SimulatorError) {
        terminal.hangUp()
        let back = HostTime.now() + seconds
        while HostTime.now() < back, !isDone() { WorkerThread.sleep(0.01) }
        terminal = try PseudoTerminal()
        if let link { try terminal.link(at: link) }
        // A device that was unplugged starts over.
        clock.restart()
        terminal.write(clock.firmware.connect())
    }
}
