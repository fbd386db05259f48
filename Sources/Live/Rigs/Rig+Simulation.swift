import Foundation
import Settings
import Simulators

/// What a rig says of its simulators, as options of `larmor simulate`.
extension Rig {
    /// - Throws: ``SettingsError`` with the line of a key that the simulator does not have, or of a value that it cannot use.
    func simulationOptions(of device: Device, _ kind: SimulatorKind) throws(SettingsError) -> [String] {
        var options: [String] = []
        for (key, setting) in device.simulation.sorted(by: { $0.key < $1.key }) {
            let line = device.simulationLines[key] ?? device.line
            guard let known = kind.settings.first(where: { $0.name == key }) else {
                throw SettingsError(
                    file: file, line: line, reason: .unknownKey(key, known: kind.settings.map(\.name)))
            }
            let option = "--" + key.replacing("_", with: "-")
            if known.kind == .flag, let isSet = setting.boolean {
                if isSet { options.append(option) }
                continue
            }
            guard let text = Self.text(setting, known.kind) else {
                throw SettingsError(
                    file: file, line: line,
                    reason: .wrongType(key: key, expected: known.expected, found: setting.typeName))
            }
            guard Self.allows(text, known) else {
                throw SettingsError(
                    file: file, line: line, reason: .invalidValue(key: key, value: text, expected: known.expected))
            }
            // A negative number after a space would be taken for an option.
            options.append(option + "=" + text)
        }
        return options
    }

    /// The value as an option has it; nil where it is of a type that the option does not have. Numbers may stand in quotes.
    private static func text(_ setting: Setting, _ kind: SimulatorSetting.Kind) -> String? {
        switch kind {
        case .flag: nil
        case .whole: setting.integer.map { "\($0)" } ?? setting.string
        case .number: setting.integer.map { "\($0)" } ?? setting.number.map { "\($0)" } ?? setting.string
        case .choice, .file: setting.string
        }
    }

    private static func allows(_ text: String, _ setting: SimulatorSetting) -> Bool {
        switch setting.kind {
        case .flag: false
        case .whole: Int(text).map { setting.allows(Double($0)) } ?? false
        case .number: Double(text).map { setting.allows($0) } ?? false
        case .choice(let names): names.contains(text)
        case .file: FileManager.default.isReadableFile(atPath: text)
        }
    }

    /// What a simulator refuses of a rig when it starts, at the device's first key.
    func refusal(of device: Device, by simulator: String) -> SettingsError {
        SettingsError(
            file: file, line: device.simulationLines.values.min() ?? device.line,
            reason: .refused(
                by: "the simulator “\(simulator)”", remedy: "its own message above says why; correct [device.simulation]"))
    }
}
