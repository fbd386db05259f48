import Settings
import Signals
import Transports

extension DeviceKind {
    public static let lsl = DeviceKind(
        LSLConfiguration.self, isFoundBySettings: true, finder: LSLRule.devices(_:),
        driver: LSLDriver.init(settings:port:waker:))
}

extension DecoderConfiguration {
    public static func lsl(_ configuration: LSLConfiguration) -> Self { .init(configuration) }
}

extension LSLDriver {
    /// The port is a stream's name or a predicate; settings add conditions.
    /// - Throws: a setting that a stream does not have or cannot use, or that none says which stream is meant.
    convenience init(settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) {
        try settings.allow(LSLRule.keys)
        if let rule = try settings.text(DeviceKind.rule) {
            throw settings.invalid(DeviceKind.rule, rule, expected: "one stream here, by name or predicate")
        }
        let query = try LSLQuery(settings, port: port)
        guard !query.isEmpty else {
            throw settings.error(
                .missingKey(
                    "port” or one of the settings “name”, “type”, “source_id”, “predicate", inTable: settings.device))
        }
        let unit = try settings.text("unit")
        if let unit, UnitWord(word: unit).unit == .unspecified {
            let known = UnitWord.words.keys.sorted().joined(separator: ", ")
            throw settings.invalid("unit", unit, expected: "one of \(known)")
        }
        var gap = LSLConfiguration.defaultGapSeconds
        if let setting = settings["gap_seconds"] {
            guard let number = setting.number, LSLConfiguration.gaps.contains(number) else {
                throw settings.invalid("gap_seconds", "\(setting)", expected: "seconds from 0.001 to 3600")
            }
            gap = number
        }
        self.init(
            name: settings.device, query: query, uid: try settings.text("uid"), unit: unit, gapSeconds: gap, waker: waker)
    }
}

extension LSLQuery {
    /// The port is a stream's name or a predicate; settings add conditions.
    init(_ settings: DeviceSettings, port: String) throws(SettingsError) {
        self.init(port: port)
        if let name = try settings.text("name") { self.name = name }
        type = try settings.text("type")
        sourceID = try settings.text("source_id")
        if let more = try settings.text("predicate") { predicate = predicate.map { "\($0) and \(more)" } ?? more }
    }
}
