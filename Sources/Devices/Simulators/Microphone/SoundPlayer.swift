import Foundation
import Programs

/// Plays raw samples into a simulated microphone, piece by piece; PulseAudio's own player keeps the pace.
public final class SoundPlayer: Sendable {
    private let program: ChildProgram

    /// - Parameters:
    ///   - format: of the samples, in PulseAudio's words ("s16le", "float32le", …).
    ///   - server: ``PulseAudioServer/address``.
    /// - Throws: ``SimulatorError`` when the player cannot be started.
    public init(rate: Int, channels: Int, format: String, server: String) throws(SimulatorError) {
        var environment = ProcessInfo.processInfo.environment
        environment["LD_PRELOAD"] = nil
        do {
            program = try ChildProgram(
                "/usr/bin/pacat",
                [
                    "--playback", "--raw", "--server=\(server)", "--device=microphone", "--format=\(format)", "--rate=\(rate)",
                    "--channels=\(channels)", "--latency-msec=100",
                ], environment: environment, input: .pipe)
        } catch {
            throw SimulatorError("\(error)", remedy: "install the packages of `make setup`")
        }
    }

    /// Hands samples to the player; waits while it has enough.
    /// - Returns: false when the player is gone.
    public func play(_ samples: [UInt8]) -> Bool { program.isRunning && program.write(samples) }

    public var isRunning: Bool { program.isRunning }

    /// No more samples come; what the player has it still plays.
    public func finish() { program.finishInput() }

    /// Ends at once; a ``play(_:)`` that waits in another thread ends, too.
    public func stop() { program.signal(SIGTERM) }
}
