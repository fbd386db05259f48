public import Failures

/// Why a rig cannot be tuned, or could not be brought back: which device or file, what was expected, what to do.
public struct TuningError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        case noKnobs(devices: [String])
        case restOutside(knob: String, rest: Double, lowest: Double, highest: Double)
        case unknownKnob(String, known: [String])
        /// The device took none of a setting.
        case refused(device: String)
        /// A knob is not where it was set to.
        case notReached(knob: String, asked: Double, read: Double)
        /// Values in a journal or run that are for other knobs.
        case otherKnobs(file: String)
        case badFile(file: String, why: String)
        case missingFile(file: String)
        /// The plan that was confirmed is not this one.
        case otherPlan(expected: String, found: String)
        case needsConfirmation(hash: String)
        case notRestored(cause: String, journal: String)
        case otherStream(device: String, why: String)
        case replayDiffers(line: Int)
        case noBest(file: String)
    }

    public var reason: Reason

    public init(_ reason: Reason) { self.reason = reason }

    public var kind: FailureKind {
        switch reason {
        case .needsConfirmation, .otherPlan, .unknownKnob: .usage
        case .noKnobs, .restOutside, .otherKnobs, .badFile, .noBest: .badInput
        case .missingFile: .missingInput
        case .refused, .notReached, .notRestored, .otherStream: .unavailable
        case .replayDiffers: .checkFailed
        }
    }

    public var description: String {
        switch reason {
        case .noKnobs(let devices):
            "no device of the rig has knobs (\(devices.isEmpty ? "it has none that speaks RigLink" : devices.joined(separator: ", "))); "
                + "a simulated film has some with knobs = true in [device.simulation]"
        case .restOutside(let knob, let rest, let lowest, let highest):
            "\(knob): its rest value \(rest) is not within \(lowest) to \(highest); choose limits with the rest value inside"
        case .unknownKnob(let name, let known): "no knob is named “\(name)”; there is \(known.joined(separator: ", "))"
        case .refused(let device):
            "\(device): the device refused a setting that its own limits allow; nothing was changed. Look at its firmware"
        case .notReached(let knob, let asked, let read):
            "\(knob): set to \(asked), but \(read) is read back; look at the device before tuning it"
        case .otherKnobs(let file):
            "\(file): it is of other knobs than the rig's devices have now; put the devices back that it was made with"
        case .badFile(let file, let why): "\(file): \(why)"
        case .missingFile(let file): "\(file): there is no such file"
        case .otherPlan(let expected, let found):
            "the confirmed plan is \(found), but these options, this rig and these devices make \(expected); look at it with --dry-run and confirm that one"
        case .needsConfirmation(let hash):
            "the rig has devices that are no simulators; nothing was sent but the question who they are. Look at the plan with --dry-run, then add --confirm \(hash)"
        case .notRestored(let cause, let journal):
            "the knobs could not be brought back to their start: \(cause). A device whose link is lost goes to rest by itself; "
                + "when it is there again, `larmor tune undo` reads it back (the start values are in \(journal))"
        case .otherStream(let device, let why): "\(device): \(why)"
        case .replayDiffers(let line): "line \(line) of the log is not what comes out again"
        case .noBest(let file): "\(file): the run found no setting better than the start; there is nothing to apply"
        }
    }
}
