import ArgumentParser
import Foundation
import Logging
import Recording
import Rigs
import Transports

/// `--wait-for`: opens a rig's devices, and waits for those that are not there yet.
struct RigOpening {
    let rig: Rig
    let simulators: RigSimulators
    /// Seconds; nil not to wait.
    let patience: Double?

    /// Between two looks.
    private static let pause: UInt32 = 200_000

    static func check(_ seconds: Double?) throws {
        guard let seconds, !(0.1...86_400).contains(seconds) else { return }
        throw ValidationError("--wait-for must be from 0.1 to 86400 seconds")
    }

    /// - Parameter make: opens all devices; called again when those that were missing have been seen.
    /// - Throws: `MissingDevices` when the time is over; what `make` throws where waiting does not help; `ExitCode` when asked to stop.
    func open(_ make: () throws -> LiveRun) throws -> LiveRun {
        let begin = ContinuousClock.now
        var elapsed: Double { (ContinuousClock.now - begin) / .seconds(1) }
        var progress = ProgressLine("waiting")
        var told: Set<String> = []
        defer { progress.done() }
        while true {
            do {
                return try make()
            } catch let error as TransportError where patience != nil && DeviceWait.isWorthIt(error) {}
            var wait = DeviceWait(rig, ports: simulators.ports)
            while true {
                let missing = try wait.look { !StopRequest.isRequested }
                if StopRequest.isRequested { throw StopRequest.exitCode }
                let isOver = elapsed >= patience ?? 0
                guard !missing.isEmpty else {
                    // All were seen; where one has gone again meanwhile, its own error tells.
                    if isOver { return try make() }
                    break
                }
                if isOver { throw MissingDevices(devices: missing, seconds: patience ?? 0) }
                for device in missing where told.insert(device.name).inserted {
                    progress.done()
                    Console.note("waiting for \(device.name): \(device.cause)")
                }
                for device in simulators.tend() { log.warning("the simulator of \(device) has died; it is started again") }
                progress.show(elapsed / (patience ?? 1), "for \(missing.map(\.name).joined(separator: ", "))")
                usleep(Self.pause)
            }
        }
    }

    /// What the rules of the rig file have found.
    static func tell(_ rig: Rig) {
        for match in rig.matches {
            Console.note("\(match.section): the rule “\(match.rule)” found \(match.device): \(match.found)")
        }
    }
}
