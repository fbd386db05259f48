import Protocols
import Signals

/// Serves a Cyton's firmware on a pseudo-terminal, at the pace of its own clock.
public struct CytonSimulator {
    private let terminal: PseudoTerminal
    private var source: any EEGSource
    private var firmware = CytonFirmware()
    /// Samples per second of host time: 250 and the drift of the board's crystal.
    private let rate: Double

    /// - Parameter drift_ppm: how much faster than 250 Hz the board runs.
    public init(terminal: PseudoTerminal, source: any EEGSource, drift_ppm: Double = 0) {
        self.terminal = terminal
        self.source = source
        rate = 250 * (1 + drift_ppm * 1e-6)
    }

    /// Serves until `isDone` says so. Samples are due at absolute times, so a late thread catches up and none is lost.
    public mutating func serve(until isDone: () -> Bool) {
        var begin = HostTime.now()
        var sent = 0
        while !isDone() {
            let wait = firmware.isStreaming ? 0.002 : 0.02
            let bytes = terminal.read(timeout: wait)
            if !bytes.isEmpty {
                let wasStreaming = firmware.isStreaming
                terminal.write(firmware.receive(bytes))
                if firmware.isStreaming, !wasStreaming {
                    begin = .now()
                    sent = 0
                }
            }
            guard firmware.isStreaming else { continue }
            let due = Int((HostTime.now() - begin) * rate)
            while sent < due {
                terminal.write(firmware.packet(microvolts: source.next()))
                sent += 1
            }
        }
    }
}
