import ArgumentParser
import Devices

struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what is plugged in, which driver fits, and what permission is missing.",
        discussion: """
            Example: larmor devices --json
            Example: larmor devices --udev-rules | sudo tee \(UdevRules.path)
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(
        help: "Print the udev rules that let users open the devices, and set the FTDI latency timer to 1 ms.")
    var udevRules = false

    private struct Rules: Encodable {
        var path: String
        var rules: String
    }

    private struct Listing: Encodable { var devices: [DeviceListing] }

    func run() throws {
        if udevRules {
            if json { return try Console.json(Rules(path: UdevRules.path, rules: UdevRules.text)) }
            return Console.result(UdevRules.text)
        }
        let devices = DeviceListing.all()
        if json { return try Console.json(Listing(devices: devices)) }
        guard !devices.isEmpty else {
            return Console.result("No serial port, no USB device and no capture device is plugged in.")
        }
        var table = TextTable("kind", "port", "description", "USB id", "serial number", "FTDI delay", "drivers", "missing")
        for device in devices {
            table.add(
                device.kind, device.port, device.description, device.usbId ?? "", device.serialNumber ?? "",
                device.latencyTimerMs.map { "\($0) ms" } ?? "", device.drivers.joined(separator: ", "), device.missing ?? "")
        }
        Console.result(table.text)
    }
}
