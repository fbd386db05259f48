import Devices
import Foundation
import Signals
import Simulators
import Transports

/// A recorded sound device that can be captured from again: a sound server of its own whose microphone plays the recording,
/// sample by sample in the format that was recorded, from the moment at which somebody first listens.
final class RecordedMicrophone {
    private let server: PulseAudioServer
    private let configuration: ALSAConfiguration
    private var timeline: RecordedTimeline

    /// - Throws: `SimulatorError` when there is no sound server.
    init(_ configuration: ALSAConfiguration, timeline: RecordedTimeline) throws {
        self.configuration = configuration
        self.timeline = timeline
        server = try PulseAudioServer(
            rate: configuration.rate, channels: configuration.channels, format: Self.name(configuration.format))
    }

    var announcement: SimulatorProcess.Announcement {
        .init(
            device: configuration.name, address: PulseAudioServer.device, alsaConfiguration: server.alsaConfiguration,
            server: server.address)
    }

    /// Serves until `isDone` says so; after the end of the recording the microphone is silent.
    func serve(until isDone: () -> Bool) throws {
        defer { server.stop() }
        while !isDone(), server.isRunning, !server.hasListener { WorkerThread.sleep(0.1) }
        let player = try SoundPlayer(
            rate: configuration.rate, channels: configuration.channels, format: Self.name(configuration.format),
            server: server.address)
        defer { player.stop() }
        // The first 30 ms after a sink wakes up are not heard: let them be silence.
        let lead = configuration.rate / 4 * configuration.channels * configuration.format.bytes
        _ = player.play([UInt8](repeating: 0, count: lead))
        while !isDone(), server.isRunning, let piece = timeline.next() {
            guard player.play(piece.bytes) else { break }
        }
        player.finish()
        while !isDone(), server.isRunning { WorkerThread.sleep(0.05) }
    }

    private static func name(_ format: ALSATransport.Format) -> String {
        switch format {
        case .s16: "s16le"
        case .s24: "s24le"
        case .s32: "s32le"
        case .float: "float32le"
        }
    }
}
