public import Signals

/// A rig as whoever tunes it sees it: simulated in this process, on a bench, or a log of one.
public protocol TuningRig: AnyObject {
    var panel: KnobPanel { get }
    /// Values of the knobs when the doors opened.
    var start: [Double] { get }
    func apply(_ asked: [Double]) throws -> KnobChange
    /// Drives one window of the task.
    /// - Parameter seed: of its inputs.
    func window(_ seed: UInt64) throws -> RigWindow
    /// Brings the knobs back to their start.
    func restore() throws -> KnobChange
}

/// What one window showed.
public struct RigWindow: Sendable, Equatable, Codable {
    public var seed: UInt64
    /// NMSE of each film on held-back steps.
    public var errors: [Double]
    public var frames: Int
    /// Rig time.
    public var seconds: Double

    public init(seed: UInt64, errors: [Double], frames: Int, seconds: Double) {
        (self.seed, self.errors, self.frames, self.seconds) = (seed, errors, frames, seconds)
    }

    /// Over films.
    public var error: Double { errors.reduce(0, +) / Double(max(1, errors.count)) }
}

/// Devices behind their doors, doing the task.
public final class LinkedRig: TuningRig {
    public let doors: KnobDoors
    public let task: RigTask
    private let clock: any HostClock
    private let filmsOf: [Int]

    public init(_ doors: KnobDoors, _ task: RigTask, clock: any HostClock = MonotonicClock()) {
        (self.doors, self.task, self.clock) = (doors, task, clock)
        filmsOf = doors.devices.map { KnobPanel([($0.name, $0.knobs)]).films }
    }

    public var panel: KnobPanel { doors.panel }
    public var start: [Double] { doors.start }
    public func apply(_ asked: [Double]) throws -> KnobChange { try doors.apply(asked) }
    public func restore() throws -> KnobChange { try doors.restore() }

    /// Looks whether every device can do the task.
    public func check() throws(TuningError) {
        for (device, films) in zip(doors.devices, filmsOf) {
            guard device.channels > 0, device.nodes > 0 else {
                throw TuningError(.otherStream(device: device.name, why: "it has no drive stream whose frames it answers"))
            }
            guard device.nodes % films == 0 else {
                throw TuningError(
                    .otherStream(
                        device: device.name,
                        why: "its \(device.nodes) values are not the same number for each of \(films) films"))
            }
        }
    }

    public func window(_ seed: UInt64) throws -> RigWindow {
        let begin = clock.now()
        let data = try task.data(seed)
        var errors: [Double] = []
        for (device, films) in zip(doors.devices, filmsOf) {
            try device.reset(seed: seed)
            let states = try device.drive(task.frames(data, channels: device.channels))
            errors += try task.errors(data, states: states, films: films)
        }
        return RigWindow(
            seed: seed, errors: errors, frames: task.steps * doors.devices.count, seconds: clock.now() - begin)
    }
}
