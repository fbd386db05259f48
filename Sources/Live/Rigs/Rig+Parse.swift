import Devices
import Foundation
public import Settings

extension Rig {
    /// Reads and checks a rig file. Nothing is opened.
    /// - Throws: ``SettingsError`` with file and line.
    public init(contentsOf path: String) throws(SettingsError) {
        try self.init(text: SettingsTable.text(of: path), file: path)
    }

    /// - Parameters:
    ///   - file: the name to use in messages.
    ///   - isRecorded: whether a session was recorded with it: what earlier versions let pass then does not keep it from being read.
    public init(text: String, file: String, isRecorded: Bool = false) throws(SettingsError) {
        let rig = try SettingsTable(toml: text, file: file)
        try rig.allow(["name", "seed", "device", "recognizer", "readout", "reservoir", "monitor", "recording"])

        self.file = file
        self.text = text
        name = try rig.string("name") ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        let seed = try rig.integer("seed") ?? 1
        guard seed >= 0 else {
            throw SettingsError(
                file: file, line: rig.line(of: "seed"),
                reason: .invalidValue(key: "seed", value: "\(seed)", expected: "0 or more"))
        }
        self.seed = UInt64(seed)

        var devices: [Device] = []
        for table in try rig.sections("device") {
            let device = try Self.device(table, isRecorded)
            guard !devices.contains(where: { $0.name == device.name }) else {
                throw SettingsError(
                    file: file, line: table.line(of: "name"), reason: .duplicateName(device.name, kind: "device"))
            }
            devices.append(device)
        }
        guard !devices.isEmpty else {
            throw SettingsError(file: file, line: 0, reason: .missingKey("device", inTable: "the rig"))
        }
        self.devices = devices
        recording = Recording(folder: "sessions", subject: nil, note: nil)
        if !isRecorded { _ = try rig.section("recording") }
        if let table = rig.table("recording") { recording = try Self.recording(table) }
        try takeStages(rig, isRecorded: isRecorded)
    }

    private static func device(_ table: SettingsTable, _ isRecorded: Bool) throws(SettingsError) -> Device {
        try table.allow([
            "name", "driver", "port", "simulator", "latency_ms", "channels", "channel_types", "montage", "reference",
            "line_frequency_Hz", "settings", "simulation",
        ])
        if !isRecorded { for key in ["settings", "simulation"] { _ = try table.section(key) } }
        let name = try table.required("name")
        guard isName(name) else {
            throw SettingsError(
                file: table.file, line: table.line(of: "name"),
                reason: .invalidValue(
                    key: "name", value: name.count > 80 ? name.prefix(80) + "…" : name,
                    expected: "at most \(longestName) letters, digits, - and _ (it names files)"))
        }
        let driver = try table.required("driver")
        guard let kind = DeviceKind.ofRigs.first(where: { $0.name == driver }) else {
            throw SettingsError(
                file: table.file, line: table.line(of: "driver"),
                reason: .invalidValue(
                    key: "driver", value: driver,
                    expected: "one of " + DeviceKind.ofRigs.map(\.name).sorted().joined(separator: ", ")))
        }
        let stands = kind.simulators
        let port = try table.string("port")
        let simulator = try table.string("simulator")
        if let simulator, !stands.contains(simulator) {
            throw SettingsError(
                file: table.file, line: table.line(of: "simulator"),
                reason: .invalidValue(
                    key: "simulator", value: simulator,
                    expected: stands.isEmpty
                        ? "a port instead: the driver “\(driver)” has no simulator"
                        : "\(stands.joined(separator: " or ")) for the driver “\(driver)”"))
        }
        if let port, simulator != nil, !isRecorded {
            throw SettingsError(
                file: table.file, line: table.line(of: "port"),
                reason: .invalidValue(key: "port", value: port, expected: "a port or a simulator, not both"))
        }
        guard port != nil || simulator != nil || kind.isFoundBySettings else {
            throw SettingsError(
                file: table.file, line: table.line,
                reason: .missingKey(stands.isEmpty ? "port" : "port” or “simulator", inTable: table.path))
        }
        let latency = try table.number("latency_ms") ?? 0
        guard Device.latencies.contains(latency) else {
            throw SettingsError(
                file: table.file, line: table.line(of: "latency_ms"),
                reason: .invalidValue(key: "latency_ms", value: "\(latency)", expected: Device.latencyRange))
        }
        let device = Device(
            name: name, driver: driver, port: port, simulator: simulator, latencyMs: latency,
            channelNames: try channelNames(table), channelsLine: table.line(of: "channels"),
            channelTypes: try channelTypes(table), montage: try montage(table), reference: try reference(table),
            lineFrequency_Hz: try lineFrequency(table),
            channelLines: Dictionary(
                uniqueKeysWithValues: ["channel_types", "montage", "reference", "line_frequency_Hz"].map {
                    ($0, table.line(of: $0))
                }),
            settings: table.table("settings")?.settings ?? [:],
            simulation: table.table("simulation")?.settings ?? [:], line: table.line,
            settingLines: table.table("settings")?.settingLines ?? [:],
            simulationLines: table.table("simulation")?.settingLines ?? [:])
        if !isRecorded { try checkRule(device, table) }
        return device
    }

    private static func recording(_ table: SettingsTable) throws(SettingsError) -> Recording {
        try table.allow(["folder", "subject", "note", "minimum_free_mb"])
        let key = "minimum_free_mb"
        let megabytes = try table.integer(key)
        if let megabytes, !(1...1_000_000_000).contains(megabytes) {
            throw SettingsError(
                file: table.file, line: table.line(of: key),
                reason: .invalidValue(key: key, value: "\(megabytes)", expected: "1 or more (megabytes)"))
        }
        return Recording(
            folder: try table.string("folder") ?? "sessions", subject: try table.string("subject"),
            note: try table.string("note"), minimumFreeBytes: megabytes.map { UInt64($0) * 1_000_000 })
    }

    /// Bytes of a name; what is made of it ("model-NAME", "NAME.wire.cut2") stays far below the 255 of a file's.
    static let longestName = 100

    /// Whether it can name a device or a stage, and files with them.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= longestName
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
}
