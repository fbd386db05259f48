import Devices
import Foundation
import Testing
import Transports

import MachineCheck

/// What a machine with these files, by their paths, finds.
private func find<Found>(_ files: [String: String], _ body: (Machine) -> Found) throws -> Found {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("machine-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (name, text) in files {
        let file = root + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        if name.contains("/bin/") { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file) }
    }
    return body(Machine(root: root, searchPath: "/usr/bin:/bin"))
}

@Suite struct MachineFindingsTests {
    private let limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max locked memory         8388608              8388608              bytes
        Max realtime priority     0                    0
        """

    @Test func `limits of this process are read, and a limit that is too low comes with its remedy`() throws {
        let low = try find(["/proc/self/limits": limits]) { [$0.realTimePriority, $0.lockedMemory] }
        #expect(low.map(\.state) == [.advice, .advice] && low[1].found == "up to 8 MiB")
        #expect(low[0].remedy?.contains("rtprio") == true)
        let raised = limits.replacing("8388608", with: "unlimited").replacing("0  ", with: "50 ")
        let high = try find(["/proc/self/limits": raised]) { [$0.realTimePriority, $0.lockedMemory] }
        #expect(
            high == [
                MachineFinding("real-time priority", .good, "up to 50"), MachineFinding("locked memory", .good, "unlimited"),
            ])
        #expect(try find([:]) { $0.lockedMemory.found } == "not known")
    }

    @Test func `udev rules of another version are told, and the folder that udev reads first counts`() throws {
        #expect(try find([:]) { $0.udevRules.state } == .advice)
        let (packaged, own) = ("/lib/udev/rules.d/70-larmor.rules", "/etc/udev/rules.d/70-larmor.rules")
        #expect(try find([packaged: UdevRules.text + "\n"]) { $0.udevRules.state } == .good)
        #expect(try find([packaged: UdevRules.text, own: "# old"]) { $0.udevRules.found } == "\(own) is of another version")
    }

    @Test func `programs that take serial ports are named while they run and nothing keeps them away`() throws {
        #expect(try find(["/proc/12/comm": "larmor\n"]) { $0.portThieves } == nil)
        let both = ["/proc/12/comm": "ModemManager\n", "/proc/13/comm": "brltty\n"]
        #expect(try find(both) { $0.portThieves?.found } == "ModemManager and brltty may open serial ports of boards")
        let kept = ["/proc/12/comm": "ModemManager\n", "/etc/udev/rules.d/70-larmor.rules": UdevRules.text]
        #expect(try find(kept) { $0.portThieves?.state } == .good)
    }

    @Test func `a device that may not be opened is wrong, one that is only late is advice`() throws {
        var closed = DeviceListing(
            SerialPortListing(
                port: "/dev/ttyUSB0", description: "board", usbVendor: nil, usbProduct: nil, serialNumber: nil,
                accessible: false))
        #expect(Machine().permissions([closed])[0].state == .wrong)
        closed.missing = "low delay, 1 ms instead of 16: install the rules"
        #expect(Machine().permissions([closed])[0].state == .advice)
        #expect(Machine().permissions([]).map(\.state) == [.good])
    }

    @Test func `a full disk is wrong, a slow clock and missing simulators are advice`() throws {
        #expect(Machine().disk(1_900_000_000).state == .wrong && Machine().disk(2_000_000_000).state == .good)
        let clock = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        #expect(try find([clock: "hpet\n"]) { $0.clockSource.found }.hasPrefix("hpet: "))
        #expect(try find([clock: "tsc\n"]) { $0.clockSource } == MachineFinding("clock", .good, "tsc"))
        let some = try find(["/usr/bin/espeak-ng": "", "/bin/pactl": ""]) { $0.simulators.remedy }
        #expect(some == "sudo apt install umockdev pulseaudio alsa-utils")
    }
}
