import ArgumentParser
import Simulators

struct SimulateCyton: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "cyton", abstract: "An OpenBCI Cyton, with or without Daisy, on a pseudo-terminal.",
        discussion:
            "Example: larmor simulate cyton --link /tmp/cyton --daisy --drift-ppm 50 --faults plan.toml")

    @Option(help: "Put a link to the pseudo-terminal here.")
    var link: String?

    @Flag(help: "With a Daisy: 16 channels.")
    var daisy = false

    @Option(help: "Impedance of every electrode, for lead-off measurements.")
    var impedanceKohm = 5.0

    @OptionGroup var headset: HeadsetOptions
    @OptionGroup var serving: ServingOptions

    func validate() throws { try SimulatorKind.cyton.check(["impedance_kohm": impedanceKohm]) }

    func work() throws {
        let firmware = CytonFirmware(
            source: try headset.source(), hasDaisy: daisy, impedances_ohm: [impedanceKohm * 1000])
        try headset.serve("cyton", link: link, serving, firmware)
    }
}
