public import Failures

/// Why a delay could not be measured: what was expected, what was found, what to do.
public enum PulseError: Failure, Equatable {
    /// Nothing to play on is named, and no board has digital outputs.
    case noLoopBack(rig: String)
    /// There is something to play on, and no device of the rig hears.
    case noAudioInput(rig: String, output: String)
    /// A board has fewer outputs than the number of the one that is asked for.
    case noSuchOutput(device: String, line: Int, outputs: Int)
    /// The pulses did not leave the output.
    case notSent(output: String)
    /// Of the pulses that were sent hardly any came back with one and the same delay.
    case notFound(stream: String, sent: Int, found: Int, fitting: Int)
    /// What came back fits several delays, in milliseconds.
    case ambiguous(stream: String, delaysMs: [Double])

    public var kind: FailureKind {
        switch self {
        case .noLoopBack, .noAudioInput, .noSuchOutput: .badInput
        case .notSent: .unavailable
        case .notFound, .ambiguous: .checkFailed
        }
    }

    public var description: String {
        switch self {
        case .noLoopBack(let rig):
            return "\(rig): there is nothing to send pulses with: name an ALSA playback device with --pulse-output, or use a "
                + "RigLink board with digital outputs"
        case .noAudioInput(let rig, let output):
            return "\(rig): pulses would be played on \(output), but no device of the rig delivers sound that is stamped "
                + "here; add a microphone or a line input that hears it"
        case .noSuchOutput(let device, let line, let outputs):
            return "\(device): it has \(outputs) digital outputs, so there is no output \(line); name another one with "
                + "--pulse-line"
        case .notSent(let output): return "\(output): not one pulse left it; is it in use or stopped?"
        case .notFound(let stream, let sent, let found, let fitting):
            return "\(stream): \(sent) pulses were sent, \(found) were found, and \(fitting) of them fit one delay from "
                + "−250 to 1250 ms; check the cable or the volume, and that nothing else sounds or switches"
        case .ambiguous(let stream, let delays):
            let list = delays.map { "\(($0 * 10).rounded() / 10)" }.joined(separator: " and ")
            return "\(stream): what came back fits several delays, \(list) ms: an echo, or another source; end it and measure "
                + "again"
        }
    }
}
