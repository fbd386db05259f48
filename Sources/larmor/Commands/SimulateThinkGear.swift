import ArgumentParser
import Simulators

struct SimulateThinkGear: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "thinkgear", abstract: "A NeuroSky ThinkGear module on a pseudo-terminal.",
        discussion: "Example: larmor simulate thinkgear --link /tmp/thinkgear")

    @Option(help: "Put a link to the pseudo-terminal here.")
    var link: String?

    @OptionGroup var headset: HeadsetOptions
    @OptionGroup var serving: ServingOptions

    func work() throws {
        try headset.serve(
            "thinkgear", link: link, serving, ThinkGearFirmware(source: try headset.source()))
    }
}
