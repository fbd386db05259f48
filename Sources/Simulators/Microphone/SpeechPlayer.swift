import Foundation

/// Speaks into a simulated microphone: hands samples to PulseAudio's own player, which keeps the pace.
public final class SpeechPlayer {
    private let process = Process()
    private let input = Pipe()

    /// - Parameters:
    ///   - samples: −1 … 1 at ``PulseAudioServer/rate``.
    ///   - server: ``PulseAudioServer/address``.
    /// - Throws: ``SimulatorError`` when the player cannot be started.
    public init(_ samples: [Float], server: String) throws(SimulatorError) {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/pacat")
        process.arguments = [
            "--playback", "--raw", "--server=\(server)", "--device=microphone", "--format=s16le",
            "--rate=\(PulseAudioServer.rate)", "--channels=1", "--latency-msec=100",
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
        var bytes = Data(capacity: samples.count * 2)
        for sample in samples {
            let word = Int16(max(-32_768, min(32_767, (sample * 32_768).rounded())))
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        let handle = input.fileHandleForWriting
        let speech = bytes
        Thread.detachNewThread {
            // The player went away: nothing is left to be said.
            try? handle.write(contentsOf: speech)
            try? handle.close()
        }
    }

    /// Whether something is still being said.
    public var isPlaying: Bool { process.isRunning }

    public func stop() { if process.isRunning { process.terminate() } }
}
