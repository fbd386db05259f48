import Devices
import Foundation
import Testing
import Transports

import MachineCheck

/// A folder that stands for the root of a file system.
private final class FalseRoot {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("machine-\(UUID())").path

    init(_ files: [String: String]) throws {
        for (name, text) in files {
            let file = path + name
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            if name.contains("/bin/") {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var machine: Machine { Machine(root: path, searchPath: "/usr/bin:/bin") }
}

@Suite struct MachineFindingsTests {
    private let limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max locked memory         8388608              8388608              bytes
        Max realtime priority     0                    0
        """

    @Test func `limits of this process are read, and a limit that is too low comes with its remedy`() throws {
        let low = try FalseRoot(["/proc/self/limits": limits])
        #expect(
            low.machine.realTimePriority.state == .advice && low.machine.realTimePriority.remedy?.contains("rtprio") == true)
        #expect(low.machine.lockedMemory.found == "up to 8 MiB" && low.machine.lockedMemory.state == .advice)
        let high = try FalseRoot([
            "/proc/self/limits": limits.replacing("8388608", with: "unlimited").replacing("0  ", with: "50 ")
        ])
        #expect(high.machine.realTimePriority == MachineFinding("real-time priority", .good, "up to 50"))
        #expect(high.machine.lockedMemory == MachineFinding("locked memory", .good, "unlimited"))
        #expect(try FalseRoot([:]).machine.lockedMemory.found == "not known")
    }

    @Test func `udev rules of another version are told, and the folder that udev reads first counts`() throws {
        #expect(try FalseRoot([:]).machine.udevRules.state == .advice)
        let packaged = try FalseRoot(["/lib/udev/rules.d/70-larmor.rules": UdevRules.text + "\n"])
        #expect(packaged.machine.udevRules.state == .good)
        let hidden = try FalseRoot([
            "/lib/udev/rules.d/70-larmor.rules": UdevRules.text, "/etc/udev/rules.d/70-larmor.rules": "# old",
        ])
        #expect(hidden.machine.udevRules.found == "/etc/udev/rules.d/70-larmor.rules is of another version")
    }

    @Test func `programs that take serial ports are named while they run and nothing keeps them away`() throws {
        #expect(try FalseRoot(["/proc/12/comm": "larmor\n"]).machine.portThieves == nil)
        let alone = try FalseRoot(["/proc/12/comm": "ModemManager\n", "/proc/13/comm": "brltty\n"])
        #expect(alone.machine.portThieves?.found == "ModemManager and brltty may open serial ports of boards")
        let kept = try FalseRoot(["/proc/12/comm": "ModemManager\n", "/etc/udev/rules.d/70-larmor.rules": UdevRules.text])
        #expect(kept.machine.portThieves?.state == .good)
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
        #expect(try FalseRoot([clock: "hpet\n"]).machine.clockSource.state == .advice)
        #expect(try FalseRoot([clock: "tsc\n"]).machine.clockSource == MachineFinding("clock", .good, "tsc"))
        let some = try FalseRoot(["/usr/bin/espeak-ng": "", "/bin/pactl": ""])
        #expect(some.machine.simulators.remedy == "sudo apt install umockdev pulseaudio alsa-utils")
    }
}
