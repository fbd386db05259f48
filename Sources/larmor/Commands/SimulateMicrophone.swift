import ArgumentParser
import Foundation
import Simulators

struct SimulateMicrophone: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "microphone", abstract: "An ALSA capture device without a sound card, through a sound server of its own.",
        discussion: "Example: larmor simulate microphone --json")

    @Option(help: "Folder of the sound server's socket and configuration; it is removed at the end. A new one by default.")
    var folder: String?

    @OptionGroup var serving: ServingOptions

    func work() throws {
        let server = try PulseAudioServer(folder: folder)
        defer { server.stop() }
        let serving = try Serving(
            .init(
                device: "microphone", address: PulseAudioServer.device,
                alsaConfiguration: server.alsaConfiguration, server: server.address), serving)
        while !serving.isDone(), server.isRunning { usleep(50_000) }
    }
}
