import Logging
import ArgumentParser
import Devices

struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what is plugged in or streams on the network, which driver fits, and what permission is missing.",
        discussion: """
            Example: larmor devices --json
            Example: larmor devices --udev-rules | sudo tee \(UdevRules.path)
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(
        help: "Print the udev rules that let users open the devices, and set the FTDI latency timer to 1 ms.")
    var udevRules = false

    @Flag(help: "Do not look for streams of the Lab Streaming Layer, which takes a second.")
    var noLsl = false

    private struct Rules: Encodable {
        var path: String
        var rules: String
    }

    private struct Listing: Encodable { var devices: [DeviceListing] }

    func validate() throws {
        if udevRules, noLsl { throw ValidationError("--no-lsl does nothing with --udev-rules; leave it out") }
    }

    func run() throws {
        if udevRules {
            if json { return try Console.json(Rules(path: UdevRules.path, rules: UdevRules.text)) }
            return Console.result(UdevRules.text)
        }
        let devices = DeviceListing.all() + lslStreams()
        if json { return try Console.json(Listing(devices: devices)) }
        guard !devices.isEmpty else {
            return Console.result(
                "No serial port, no USB device and no capture device is plugged in, and no LSL stream was found.")
        }
        var table = TextTable("kind", "port", "description", "USB id", "serial number", "FTDI delay", "drivers", "missing")
        for device in devices {
            table.add(
                device.kind, device.port, device.description, device.usbId ?? "", device.serialNumber ?? "",
                device.latencyTimerMs.map { "\($0) ms" } ?? "", device.drivers.joined(separator: ", "), device.missing ?? "")
        }
        Console.result(table.text)
    }

    /// Where liblsl is missing, that is said, and the other devices are listed.
    private func lslStreams() -> [DeviceListing] {
        guard !noLsl else { return [] }
        do {
            return try DeviceListing.lslStreams(seconds: 1)
        } catch {
            log.warning("LSL streams are not listed: \(error)")
            return []
        }
    }
}
