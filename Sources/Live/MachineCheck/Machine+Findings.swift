public import Devices
import Transports

extension Machine {
    /// Everything that is looked at, in the order in which it matters.
    /// - Parameters:
    ///   - devices: what is plugged in (``DeviceListing/all()``).
    ///   - freeBytes: of the disk that recordings go to; nil where it is not known.
    public func findings(devices: [DeviceListing], freeBytes: Int?) -> [MachineFinding] {
        permissions(devices) + [udevRules, portThieves].compactMap { $0 } + [disk(freeBytes)] + [
            clockSource, realTimePriority, lockedMemory, streamingLayer, simulators,
        ]
    }

    package func permissions(_ devices: [DeviceListing]) -> [MachineFinding] {
        guard !devices.isEmpty else { return [MachineFinding("devices", .good, "none is plugged in")] }
        return devices.map { device in
            let name = "\(device.kind) \(device.port)"
            guard let missing = device.missing else { return MachineFinding(name, .good, device.description) }
            return MachineFinding(name, missing.hasPrefix("permission") ? .wrong : .advice, device.description, remedy: missing)
        }
    }

    private static let ruleFiles = ["/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d"].map
    {
        $0 + "/70-larmor.rules"
    }

    package var udevRules: MachineFinding {
        let remedy = "larmor devices --udev-rules | sudo tee \(UdevRules.path)"
        // The first folder hides files of the same name in the others.
        guard let file = Self.ruleFiles.first(where: isThere), let text = text(file) else {
            return MachineFinding("udev rules", .advice, "not installed: devices on USB need root rights", remedy: remedy)
        }
        return text == UdevRules.text
            ? MachineFinding("udev rules", .good, file)
            : MachineFinding("udev rules", .advice, "\(file) is of another version", remedy: remedy)
    }

    /// Programs that open serial ports which are not theirs; nil where none runs.
    package var portThieves: MachineFinding? {
        let running = ["ModemManager", "brltty"].filter(isRunning)
        guard !running.isEmpty else { return nil }
        let isKeptAway = running == ["ModemManager"] && udevRules.state == .good
        return MachineFinding(
            "other programs", isKeptAway ? .good : .advice,
            running.joined(separator: " and ")
                + (isKeptAway ? " runs; the rules keep it away" : " may open serial ports of boards"),
            remedy: isKeptAway ? nil : "stop it while boards are plugged in, or install the udev rules")
    }

    package func disk(_ freeBytes: Int?) -> MachineFinding {
        guard let freeBytes else { return MachineFinding("disk", .advice, "this folder's free space is not known") }
        let gigabytes = Double(freeBytes) / 1e9
        let found = "\(Int(gigabytes)) GB free in this folder"
        return gigabytes >= 2
            ? MachineFinding("disk", .good, found)
            : MachineFinding("disk", .wrong, found, remedy: "free some space: a rig of 32 channels writes about 0.1 GB an hour")
    }

    package var clockSource: MachineFinding {
        let file = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        guard let source = text(file) else { return MachineFinding("clock", .advice, "the kernel does not name its clock") }
        guard ["hpet", "acpi_pm", "jiffies", "refined-jiffies"].contains(source) else {
            return MachineFinding("clock", .good, source)
        }
        return MachineFinding(
            "clock", .advice, "\(source): reading it takes long or is coarse",
            remedy: "look in the kernel's log why tsc was given up")
    }

    private static let limitsRemedy =
        "put “@audio - rtprio 50” and “@audio - memlock unlimited” into /etc/security/limits.d, and log in again as a member of audio"

    package var realTimePriority: MachineFinding {
        let name = "real-time priority"
        switch limit("Max realtime priority") ?? .upTo(0) {
        case .upTo(0): return MachineFinding(name, .advice, "not permitted to this user", remedy: Self.limitsRemedy)
        case .upTo(let priority): return MachineFinding(name, .good, "up to \(priority)")
        case .unlimited: return MachineFinding(name, .good, "unlimited")
        }
    }

    package var lockedMemory: MachineFinding {
        let name = "locked memory"
        switch limit("Max locked memory") {
        case nil: return MachineFinding(name, .advice, "not known", remedy: Self.limitsRemedy)
        case .unlimited?: return MachineFinding(name, .good, "unlimited")
        case .upTo(let bytes)?:
            let found = "up to \(bytes >> 20) MiB"
            guard bytes < 1 << 30 else { return MachineFinding(name, .good, found) }
            return MachineFinding(name, .advice, found, remedy: Self.limitsRemedy)
        }
    }

    package var streamingLayer: MachineFinding {
        do {
            let library = try LibLSL.load()
            return MachineFinding(
                "Lab Streaming Layer", .good, "\(library.file), version \(library.version / 100).\(library.version % 100)")
        } catch {
            return MachineFinding(
                "Lab Streaming Layer", .advice, "liblsl cannot be loaded", remedy: "install it, if LSL streams are used")
        }
    }

    /// Programs that play devices, and the packages of Debian that have them.
    private static let players = [
        ("espeak-ng", "espeak-ng"), ("umockdev-wrapper", "umockdev"), ("pulseaudio", "pulseaudio"),
        ("pactl", "pulseaudio-utils"),
        ("aplay", "alsa-utils"),
    ]

    package var simulators: MachineFinding {
        let missing = Self.players.filter { !hasProgram($0.0) }
        return missing.isEmpty
            ? MachineFinding("simulators", .good, "all programs that they need are here")
            : MachineFinding(
                "simulators", .advice, "\(missing.map(\.0).joined(separator: ", ")) missing: some devices cannot be simulated",
                remedy: "sudo apt install \(missing.map(\.1).joined(separator: " "))")
    }
}
