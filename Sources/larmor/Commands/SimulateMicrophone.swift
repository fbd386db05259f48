import ArgumentParser
import Foundation
import Simulators

struct SimulateMicrophone: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "microphone", abstract: "An ALSA capture device without a sound card, through a sound server of its own.",
        discussion: "Example: larmor simulate microphone --json")

    @OptionGroup var serving: ServingOptions

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let server = try PulseAudioServer()
            defer { server.stop() }
            let serving = try Serving(
                .init(
                    device: "microphone", address: PulseAudioServer.device,
                    alsaConfiguration: server.alsaConfiguration, server: server.address), serving)
            while !serving.isDone(), server.isRunning { usleep(50_000) }
        }
    }
}
