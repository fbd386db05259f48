package import Devices
package import Settings
package import Signals

/// The names that a rig gives the channels of its devices: where each electrode sits, say.
extension Rig {
    /// `channels = […]` names the channels of a device's main stream, `[device.channels]` those of each stream by its short name.
    static func channelNames(_ device: SettingsTable) throws(SettingsError) -> [String: [String]] {
        if device.settings["channels"] != nil { return ["": try names("channels", device)] }
        guard let table = try device.section("channels") else { return [:] }
        try table.allow(table.settings.keys.sorted())
        var result: [String: [String]] = [:]
        for key in table.settings.keys.sorted() { result[key] = try names(key, table) }
        return result
    }

    private static func names(_ key: String, _ table: SettingsTable) throws(SettingsError) -> [String] {
        guard let texts = table.settings[key]?.list?.map(\.string), !texts.isEmpty, !texts.contains(nil) else {
            throw table.wrongType(key, expected: "a list of channels' names")
        }
        let names = texts.compactMap(\.self)
        for (index, name) in names.enumerated() {
            try checkName(name, key, table)
            guard names.firstIndex(of: name) == index else {
                throw table.invalid(key, name, expected: "each name once in a stream")
            }
        }
        return names
    }

    /// Refuses what cannot name a channel or an electrode.
    static func checkName(_ name: String, _ key: String, _ table: SettingsTable) throws(SettingsError) {
        guard (1...longestChannelName).contains(name.utf8.count), !name.unicodeScalars.contains(where: isControl) else {
            throw table.invalid(key, name, expected: "names of 1 to \(longestChannelName) bytes without control characters")
        }
    }

    /// Bytes.
    private static let longestChannelName = 80

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

    /// Opens a device for the first time, and gives its channels their names and types.
    /// - Throws: `TransportError`; ``SettingsError`` where the rig names other streams or channels than the device has.
    package func open(_ runner: DeviceRunner, _ device: Device) throws {
        try runner.open()
        runner.rename(try named(runner.streams, of: device))
    }

    /// The streams of a device with the rig's names for their channels, and with what else it says of them.
    package func named(_ streams: [StreamDescription], of device: Device) throws(SettingsError) -> [StreamDescription] {
        var streams = streams
        for (key, names) in device.channelNames.sorted(by: { $0.key < $1.key }) {
            let place = try place(of: key, streams, device, device.channelsLine)
            guard streams[place].channelCount == names.count else {
                throw SettingsError(
                    file: file, line: device.channelsLine,
                    reason: .invalidValue(
                        key: key.isEmpty ? "channels" : key, value: "\(names.count) names",
                        expected: "\(streams[place].channelCount), one for each channel of \(streams[place].name)"))
            }
            for (channel, name) in names.enumerated() { streams[place].channels[channel].label = name }
        }
        return try described(streams, of: device)
    }

    /// The stream with a short name; "" stands for the device's main one.
    func place(
        of key: String, _ streams: [StreamDescription], _ device: Device, _ line: Int
    ) throws(SettingsError) -> Int {
        let main = streams.firstIndex { $0.kind == .eeg } ?? streams.firstIndex { !$0.isText }
        guard let place = key.isEmpty ? main : streams.firstIndex(where: { $0.name == "\(device.name).\(key)" }) else {
            let known = streams.map { String($0.name.dropFirst(device.name.count + 1)) }
            throw SettingsError(file: file, line: line, reason: .unknownName(key, kind: "stream", known: known))
        }
        return place
    }
}
