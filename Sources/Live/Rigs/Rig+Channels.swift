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
            guard (1...longestChannelName).contains(name.utf8.count), !name.unicodeScalars.contains(where: isControl) else {
                throw table.invalid(key, name, expected: "names of 1 to \(longestChannelName) bytes without control characters")
            }
            guard names.firstIndex(of: name) == index else {
                throw table.invalid(key, name, expected: "each name once in a stream")
            }
        }
        return names
    }

    /// Bytes.
    private static let longestChannelName = 80

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

    /// Opens a device for the first time, and gives its channels their names.
    /// - Throws: `TransportError`; ``SettingsError`` where the rig names other streams or channels than the device has.
    package func open(_ runner: DeviceRunner, _ device: Device) throws {
        try runner.open()
        runner.rename(try named(runner.streams, of: device))
    }

    /// The streams of a device with the rig's names for their channels.
    package func named(_ streams: [StreamDescription], of device: Device) throws(SettingsError) -> [StreamDescription] {
        var streams = streams
        for (key, names) in device.channelNames.sorted(by: { $0.key < $1.key }) {
            let main = streams.firstIndex { $0.kind == .eeg } ?? streams.firstIndex { !$0.isText }
            let place = key.isEmpty ? main : streams.firstIndex { $0.name == "\(device.name).\(key)" }
            guard let place else {
                let known = streams.map { String($0.name.dropFirst(device.name.count + 1)) }
                throw SettingsError(
                    file: file, line: device.channelsLine, reason: .unknownName(key, kind: "stream", known: known))
            }
            guard streams[place].channelCount == names.count else {
                throw SettingsError(
                    file: file, line: device.channelsLine,
                    reason: .invalidValue(
                        key: key.isEmpty ? "channels" : key, value: "\(names.count) names",
                        expected: "\(streams[place].channelCount), one for each channel of \(streams[place].name)"))
            }
            for (channel, name) in names.enumerated() { streams[place].channels[channel].label = name }
        }
        return streams
    }
}
