import Foundation

/// Speaks into a simulated microphone.
public final class SpeechPlayer {
    private let player: SoundPlayer

    /// - Parameters:
    ///   - samples: −1 … 1 at ``PulseAudioServer/rate``.
    ///   - server: ``PulseAudioServer/address``.
    /// - Throws: ``SimulatorError`` when the player cannot be started.
    public init(_ samples: [Float], server: String) throws(SimulatorError) {
        let player = try SoundPlayer(rate: PulseAudioServer.rate, channels: 1, format: "s16le", server: server)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(samples.count * 2)
        for sample in samples {
            let word = Int16(max(-32_768, min(32_767, (sample * 32_768).rounded())))
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        let speech = bytes
        Thread.detachNewThread {
            // When the player went away, nothing is left to be said.
            if player.play(speech) { player.finish() }
        }
        self.player = player
    }

    /// Whether something is still being said.
    public var isPlaying: Bool { player.isRunning }

    public func stop() { player.stop() }
}

extension SimulatorKind {
    public static let microphone = SimulatorKind("microphone", .sound, hasSeed: false, settings: [])
}
