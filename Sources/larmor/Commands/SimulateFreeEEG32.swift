import ArgumentParser
import Simulators

struct SimulateFreeEEG32: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeeeg32", abstract: "A FreeEEG32 board on a pseudo-terminal.",
        discussion: "Example: larmor simulate freeeeg32 --link /tmp/freeeeg32")

    @Option(help: "Put a link to the pseudo-terminal here.")
    var link: String?

    @OptionGroup var headset: HeadsetOptions
    @OptionGroup var serving: ServingOptions

    func work() throws {
        try headset.serve(
            "freeeeg32", link: link, serving, FreeEEG32Firmware(source: try headset.source()))
    }
}
