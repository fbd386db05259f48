import Devices
import LinearAlgebra
import Origin
import Reservoirs
import Rigs
import Settings

/// A rig's device on a task, with its simulator where the rig file has one.
///
/// Before the task and behind it the same small fields are sent, and their answers compared.
final class TaskBench {
    let family: DeviceFamily
    private let simulators: RigSimulators
    private let probe: [Float]
    private let first: [Float]

    /// - Throws: `SettingsError` for a rig without such a device, `TransportError` when the device does not answer.
    init(_ file: String, device: String?) throws {
        var rig = try Rig(contentsOf: file)
        let names = rig.devices.filter(\.canBeDriven).map(\.name)
        guard let name = device ?? (names.count == 1 ? names[0] : nil), names.contains(name),
            let found = rig.device(named: name)
        else {
            throw SettingsError(
                file: file, line: 0,
                reason: .invalidValue(
                    key: "device", value: device ?? "none",
                    expected: names.isEmpty
                        ? "a device that can be driven" : "--device " + names.joined(separator: ", or --device ")))
        }
        rig.devices = [found]
        ProcessProvenance.note(data: file)
        simulators = try RigSimulators(rig, executable: OwnProgram.path)
        do {
            let reservoir = try CountedReservoir(try rig.makeReservoir(found, port: simulators.ports[name] ?? ""))
            let most = min(1, Double(reservoir.largestDrive))
            // 0.1 mT where the device takes as much.
            let size = Float(min(1e-4, most))
            probe = (0..<64 * reservoir.inputs).map { ($0 / reservoir.inputs + $0) % 2 == 0 ? size : -size }
            try reservoir.reset(seed: 0)
            first = try reservoir.run(probe)
            family = DeviceFamily(reservoir, most: most)
        } catch {
            simulators.stop()
            throw error
        }
    }

    func stop() { simulators.stop() }

    func report() throws -> TaskDeviceReport {
        try family.withReservoir { reservoir in
            let counted = reservoir as? CountedReservoir
            let (steps, seconds) = (counted?.steps ?? 0, counted?.secondsPerStep ?? 0)
            try reservoir.reset(seed: 0)
            let last = try reservoir.run(probe)
            func matrix(_ values: [Float]) -> Matrix<Double> {
                Matrix(rows: values.count / reservoir.nodes, columns: reservoir.nodes, values: values.map { Double($0) })
            }
            let drift = try StateDrift(begin: matrix(first), end: matrix(last)).value
            return TaskDeviceReport(
                device: reservoir.description, steps: steps - probe.count / reservoir.inputs, secondsPerStep: seconds,
                limitedFrames: counted?.limitedFrames ?? 0, drift: drift)
        }
    }
}

/// What the device has to say for itself after a task. An input without an answer ends the task, so none was lost.
struct TaskDeviceReport: Encodable {
    var device: String
    /// Inputs that were answered.
    var steps: Int
    /// Seconds of a run for each of its inputs; many are on their way at once.
    var secondsPerStep: Double
    var lostFrames = 0
    /// Inputs that the rig file's limits have changed.
    var limitedFrames: UInt64
    /// How much the answers to the same inputs differ between the begin and the end of the task, relative to their spread.
    var drift: Double

    var line: String {
        "\(device): \(Console.count(steps, "step")), \(Console.number(1e3 * secondsPerStep, digits: 3)) ms each, "
            + "\(lostFrames) lost, \(limitedFrames) changed by the rig's limits, drift \(Console.number(drift, significant: 3))"
    }
}

/// Counts the steps of a device, and the time that they take.
private final class CountedReservoir: Reservoir {
    private let device: RigLinkReservoir
    private(set) var steps = 0
    private var seconds = 0.0

    init(_ reservoir: any Reservoir) throws {
        guard let device = reservoir as? RigLinkReservoir else { preconditionFailure("a rig's reservoir is a device") }
        self.device = device
    }

    var inputs: Int { device.inputs }
    var nodes: Int { device.nodes }
    var description: String { device.description }
    var largestDrive: Float { device.limits.largest }
    var limitedFrames: UInt64 { device.limitedFrames }
    var secondsPerStep: Double { steps > 0 ? seconds / Double(steps) : 0 }

    func reset(seed: UInt64) throws { try device.reset(seed: seed) }

    func run(_ inputs: [Float]) throws -> [Float] {
        let start = ContinuousClock.now
        let states = try device.run(inputs)
        seconds += (ContinuousClock.now - start) / .seconds(1)
        steps += inputs.count / device.inputs
        return states
    }
}
