import Devices
import Foundation
import Origin
import Outputs
import RigTuning
import Rigs
import Settings
import Signals
import Transports

/// A rig's devices with knobs, open, with their simulators where the rig file has some; or the simulated bench in this process.
final class KnobBench {
    /// The word in place of a rig file.
    static let word = "bench"

    let name: String
    let hash: String
    let doors: KnobDoors
    let clock: any HostClock
    /// Whether every device is a simulator.
    let isSimulated: Bool
    private let simulators: RigSimulators?

    /// - Parameter limits: a file that narrows the knobs' limits.
    /// - Throws: `SettingsError`, `TransportError`, `TuningError` for a rig without knobs.
    init(_ file: String, limits: String?, seed: UInt64) throws {
        if file == Self.word {
            let line = try SimulatedBench(seed: seed).line()
            (name, hash, clock, isSimulated, simulators) = (Self.word, "", line.clock, true, nil)
            let open = try SimulatedBench.doors(line)
            guard let limits else {
                doors = open
                return
            }
            doors = try KnobDoors(open.devices, narrowed: open.panel.narrowed(by: limits), clock: line.clock)
            return
        }
        var rig = try Rig(contentsOf: file)
        rig.devices = rig.devices.filter { $0.driver == "riglink" }
        ProcessProvenance.note(data: file)
        ProcessProvenance.note(data: limits)
        (name, hash) = (rig.name, ContentHash.sha256(rig.text.utf8))
        clock = MonotonicClock()
        let simulators = try RigSimulators(rig, executable: OwnProgram.path)
        self.simulators = simulators
        do {
            var devices: [KnobbedDevice] = []
            var areSimulated = true
            for device in rig.devices {
                let driver = try rig.makeDriver(device, port: simulators.ports[device.name] ?? "", waker: try Waker())
                let open = try KnobbedDevice(name: device.name, driver: driver)
                // One without knobs is left alone.
                guard open.hasKnobs else { continue }
                devices.append(open)
                if device.simulator == nil { areSimulated = false }
            }
            guard !devices.isEmpty else { throw TuningError(.noKnobs(devices: rig.devices.map(\.name))) }
            isSimulated = areSimulated
            let panel = KnobPanel(devices.map { ($0.name, $0.knobs) })
            doors = try KnobDoors(devices, narrowed: try limits.map { try panel.narrowed(by: $0) })
        } catch {
            simulators.stop()
            throw error
        }
    }

    func close() {
        doors.close()
        simulators?.stop()
    }
}

/// Where tunings of a rig are kept.
struct TuningFolder {
    /// Of all rigs.
    let base: String
    let rig: String

    /// Start values of a tuning that has not ended; beside the runs, so that the next start finds it.
    var journal: String { base + "/" + rig + ".journal.json" }
    static let log = "events.jsonl"

    init(_ base: String, rig: String) throws {
        (self.base, self.rig) = (base, rig)
        try OutputPlace.checkFolder(base)
    }

    private func run(_ number: Int) -> String { "\(base)/\(rig)-" + String(format: "%03d", number) }

    /// Makes the folder for the journal.
    func prepare() throws { try OutputPlace.checkOutputFolder(base, files: []) }

    /// Makes the folder of the next run: none is ever written again.
    func next() throws -> String {
        try prepare()
        for number in 1...999 {
            if mkdir(run(number), 0o777) == 0 { return run(number) }
            guard errno == EEXIST else { throw OutputError(path: run(number), reason: .system(call: "mkdir", code: errno)) }
        }
        throw OutputError(path: run(999), reason: .system(call: "mkdir", code: EEXIST))
    }
}
