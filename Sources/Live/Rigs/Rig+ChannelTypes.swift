import Settings
import Signals

/// What a rig says of its devices' channels beside their names: what they measure, and where and against what.
extension Rig {
    /// `channel_types = […]` or one word is for a device's main stream, `[device.channel_types]` for each stream by its short name.
    static func channelTypes(_ device: SettingsTable) throws(SettingsError) -> [String: ChannelTypes] {
        let key = "channel_types"
        if let setting = device.settings[key] { return ["": try types(setting, key, device)] }
        guard let table = try device.section(key) else { return [:] }
        var result: [String: ChannelTypes] = [:]
        try table.allow(table.settings.keys.sorted())
        for (name, setting) in table.settings.sorted(by: { $0.key < $1.key }) {
            result[name] = try types(setting, name, table)
        }
        return result
    }

    private static func types(
        _ setting: Setting, _ key: String, _ table: SettingsTable
    ) throws(SettingsError) -> ChannelTypes {
        func type(_ word: String) throws(SettingsError) -> ChannelType {
            guard let type = ChannelType(word: word) else {
                throw table.invalid(key, word, expected: "one of " + ChannelType.words.joined(separator: ", "))
            }
            return type
        }
        if let word = setting.string { return .all(try type(word)) }
        guard let words = setting.list?.map(\.string), !words.isEmpty, !words.contains(nil) else {
            throw table.wrongType(key, expected: "a type of channels, or a list with one for each channel")
        }
        var types: [ChannelType] = []
        for word in words.compactMap(\.self) { types.append(try type(word)) }
        return .each(types)
    }

    static func montage(_ device: SettingsTable) throws(SettingsError) -> String? {
        guard let name = try device.string("montage") else { return nil }
        guard ElectrodeMontage(named: name) != nil else {
            throw device.invalid("montage", name, expected: ElectrodeMontage.names.joined(separator: " or "))
        }
        return name
    }

    static func reference(_ device: SettingsTable) throws(SettingsError) -> String? {
        guard let text = try device.string("reference") else { return nil }
        try checkName(text, "reference", device)
        return text
    }

    static func lineFrequency(_ device: SettingsTable) throws(SettingsError) -> Double? {
        guard let frequency = try device.number("line_frequency_Hz") else { return nil }
        guard frequency == 50 || frequency == 60 else {
            throw device.invalid("line_frequency_Hz", "\(frequency)", expected: "50 or 60")
        }
        return frequency
    }

    /// The streams with what the rig says of their channels; their names are the rig's already.
    func described(_ streams: [StreamDescription], of device: Device) throws(SettingsError) -> [StreamDescription] {
        var streams = streams
        for (key, types) in device.channelTypes.sorted(by: { $0.key < $1.key }) {
            let line = device.channelLines["channel_types"] ?? device.line
            let place = try place(of: key, streams, device, line)
            let list: [ChannelType]
            switch types {
            case .all(let type): list = Array(repeating: type, count: streams[place].channelCount)
            case .each(let types): list = types
            }
            guard streams[place].channelCount == list.count else {
                throw SettingsError(
                    file: file, line: line,
                    reason: .invalidValue(
                        key: key.isEmpty ? "channel_types" : key, value: "\(list.count) types",
                        expected: "\(streams[place].channelCount), one for each channel of \(streams[place].name)"))
            }
            for (channel, type) in list.enumerated() { streams[place].channels[channel].type = type }
        }
        let keys = [
            ("montage", device.montage != nil), ("reference", device.reference != nil),
            ("line_frequency_Hz", device.lineFrequency_Hz != nil),
        ]
        guard let given = keys.first(where: \.1)?.0 else { return streams }
        guard let eeg = streams.firstIndex(where: { $0.kind == .eeg }) else {
            throw SettingsError(
                file: file, line: device.channelLines[given] ?? device.line,
                reason: .invalidValue(key: given, value: device.name, expected: "a device with a stream of EEG"))
        }
        streams[eeg].reference = device.reference
        streams[eeg].lineFrequency = device.lineFrequency_Hz
        if let name = device.montage { try place(&streams[eeg], on: name, device) }
        return streams
    }

    /// Checks the labels of a stream's electrodes by a montage.
    private func place(_ stream: inout StreamDescription, on name: String, _ device: Device) throws(SettingsError) {
        guard let montage = ElectrodeMontage(named: name) else { return }
        for channel in stream.channels.indices {
            let label = stream.channels[channel].label
            let type = stream.channels[channel].type ?? .eeg
            guard type != .eeg || montage.has(label) else {
                let hasNames = !device.channelNames.isEmpty
                throw SettingsError(
                    file: file, line: hasNames ? device.channelsLine : device.channelLines["montage"] ?? device.line,
                    reason: .invalidValue(
                        key: hasNames ? "channels" : "montage", value: label,
                        expected:
                            "electrodes of \(name) (Fp1, Cz, PO8, …): name them with channels, or give what is none of them "
                            + "another type than eeg with channel_types"))
            }
            stream.channels[channel].type = type
        }
        stream.montage = name
    }
}
