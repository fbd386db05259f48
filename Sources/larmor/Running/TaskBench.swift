import Devices
import LinearAlgebra
import Origin
import Reservoirs
import Rigs
import Settings

/// A rig's device on a task or under measurement, with its simulator where the rig file has one.
///
/// Before the task and behind it the same small fields are sent, and their answers compared; single ones tell how long an answer takes.
final class TaskBench {
    let family: DeviceFamily
    private let simulators: RigSimulators
    private let probe: [Float]
    private let first: [Float]
    private let secondsToAnswer: Double

    /// - Throws: `SettingsError` for a rig without such a device, `TransportError` when the device does not answer.
    init(_ file: String, device: String?, input: SearchedInput = .free) throws {
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
            secondsToAnswer = try reservoir.secondsToAnswer(Array(probe[..<reservoir.inputs]))
            reservoir.forgetSteps()
            family = DeviceFamily(reservoir, most: most, input: input)
        } catch {
            simulators.stop()
            throw error
        }
    }

    func stop() { simulators.stop() }

    /// Largest drive that the device takes, in its unit.
    var most: Double { family.most }

    /// - Throws: `TransportError` where the device does not answer any more.
    func report() throws -> TaskDeviceReport {
        try family.withReservoir { reservoir in
            let counted = reservoir as? CountedReservoir
            let (steps, seconds) = (counted?.steps ?? 0, counted?.secondsPerStep ?? 0)
            let lost = counted?.lostFrames ?? 0
            try reservoir.reset(seed: 0)
            let last = try reservoir.run(probe)
            func matrix(_ values: [Float]) -> Matrix<Double> {
                Matrix(rows: values.count / reservoir.nodes, columns: reservoir.nodes, values: values.map { Double($0) })
            }
            let drift = try StateDrift(begin: matrix(first), end: matrix(last)).value
            return TaskDeviceReport(
                device: reservoir.description, steps: steps, secondsPerStep: seconds, secondsToAnswer: secondsToAnswer,
                lostFrames: lost, limitedFrames: counted?.limitedFrames ?? 0, drift: drift)
        }
    }
}

/// What the device has to say for itself after a task. An input without an answer ends the task with an error, and none is sent twice.
struct TaskDeviceReport: Encodable {
    var device: String
    /// Inputs that were answered.
    var steps: Int
    /// Seconds of a run for each of its inputs; many are on their way at once.
    var secondsPerStep: Double
    /// Median of the times from a single input to its answer.
    var secondsToAnswer: Double
    /// Inputs that were sent and not answered.
    var lostFrames: Int
    /// Inputs that the rig file's limits have changed.
    var limitedFrames: UInt64
    /// How much the answers to the same inputs differ between the begin and the end of the task, relative to their spread.
    var drift: Double

    var line: String {
        "\(device): \(Console.count(steps, "step")), \(Console.number(1e3 * secondsPerStep, digits: 3)) ms each, "
            + "an answer after \(Console.number(1e3 * secondsToAnswer, digits: 3)) ms, \(lostFrames) lost, \(limitedFrames) changed by the rig's limits, drift \(Console.number(drift, significant: 3))"
    }
}

/// Counts the steps of a device, and the time that they take.
private final class CountedReservoir: Reservoir {
    private let device: RigLinkReservoir
    private(set) var steps = 0
    private var sent = 0
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

    var lostFrames: Int { sent - steps }

    func reset(seed: UInt64) throws { try device.reset(seed: seed) }

    /// What comes now counts.
    func forgetSteps() { (steps, sent, seconds) = (0, 0, 0) }

    /// The median over single inputs, each sent when the one before is answered.
    func secondsToAnswer(_ input: [Float]) throws -> Double {
        let times = try (0..<15).map { _ in
            let start = ContinuousClock.now
            _ = try device.run(input)
            return (ContinuousClock.now - start) / .seconds(1)
        }
        return times.sorted()[7]
    }

    func run(_ inputs: [Float]) throws -> [Float] {
        let start = ContinuousClock.now
        sent += inputs.count / device.inputs
        let states = try device.run(inputs)
        seconds += (ContinuousClock.now - start) / .seconds(1)
        steps += inputs.count / device.inputs
        return states
    }
}
