import Signals

/// Keeps a firmware's pace and lays its fault plan over it: which deliveries are due at a time.
///
/// Packets are due at absolute times since streaming began, so a late thread catches up and none is lost.
struct FirmwareClock<Firmware: SimulatedFirmware> {
    var firmware: Firmware
    private(set) var injector: FaultInjector
    /// How much faster than nominal the device runs.
    private let faster: Double
    private var begin: HostTime?
    private var sent = 0
    private var waiting: [FaultInjector.Delivery] = []

    init(_ firmware: Firmware, plan: FaultPlan, drift_ppm: Double) {
        self.firmware = firmware
        injector = FaultInjector(plan)
        faster = 1 + drift_ppm * 1e-6
    }

    /// The host's bytes; what the device answers.
    mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
        let wasStreaming = firmware.isStreaming
        let answer = firmware.receive(bytes)
        if firmware.isStreaming != wasStreaming { restart() }
        return answer
    }

    /// The next packet is due one period from now.
    mutating func restart() {
        begin = nil
        sent = 0
        waiting = []
        injector.restart()
    }

    /// What has to reach the host by now, in order.
    mutating func deliveries(at now: HostTime) -> [FaultInjector.Delivery] {
        guard firmware.isStreaming else { return [] }
        let begin = begin ?? now
        self.begin = begin
        let elapsed = now - begin
        while let due = firmware.due(packet: sent + 1), due <= elapsed * faster {
            sent += 1
            waiting += injector.next(firmware.nextPacket(), due: due / faster, counter: firmware.counterPlace)
        }
        let ready = waiting.prefix { delivery in
            switch delivery {
            case .bytes(_, let time, _): time <= elapsed
            case .hangUp(let time, _): time <= elapsed
            }
        }
        waiting.removeFirst(ready.count)
        return Array(ready)
    }
}
