import Foundation

/// Plays raw samples into a simulated microphone, piece by piece; PulseAudio's own player keeps the pace.
public final class SoundPlayer: Sendable {
    private let process = Process()
    private let input = Pipe()

    /// - Parameters:
    ///   - format: of the samples, in PulseAudio's words ("s16le", "float32le", …).
    ///   - server: ``PulseAudioServer/address``.
    /// - Throws: ``SimulatorError`` when the player cannot be started.
    public init(rate: Int, channels: Int, format: String, server: String) throws(SimulatorError) {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/pacat")
        process.arguments = [
            "--playback", "--raw", "--server=\(server)", "--device=microphone", "--format=\(format)", "--rate=\(rate)",
            "--channels=\(channels)", "--latency-msec=100",
        ]
        var environment = ProcessInfo.processInfo.environment
        environment["LD_PRELOAD"] = nil
        process.environment = environment
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw SimulatorError("pacat cannot be started: \(error)", remedy: "install the packages of `make setup`")
        }
    }

    /// Hands samples to the player; waits while it has enough.
    /// - Returns: false when the player is gone.
    public func play(_ samples: [UInt8]) -> Bool {
        guard process.isRunning else { return false }
        return (try? input.fileHandleForWriting.write(contentsOf: samples)) != nil
    }

    public var isRunning: Bool { process.isRunning }

    /// No more samples come; what the player has it still plays.
    public func finish() { try? input.fileHandleForWriting.close() }

    /// Ends at once; a ``play(_:)`` that waits in another thread ends, too.
    public func stop() { if process.isRunning { process.terminate() } }
}
