import Protocols
import Settings
import Transports

/// `match` among the settings of an LSL device: every stream that fits becomes a device of its own.
///
/// The rule is a condition in liblsl's words, XPath 1.0 on the stream's header (`type='EEG' and hostname='lab3'`,
/// `starts-with(name,'Sim')`), or, without quotes, a pattern for the stream's name (`Sim*`). What else the settings say must fit, too.
enum LSLRule {
    /// All settings of an LSL device.
    static let keys = ["match", "name", "type", "source_id", "predicate", "uid", "unit", "gap_seconds"]

    /// The streams that are there and fit; nil for settings without a rule.
    static func devices(_ settings: DeviceSettings) throws -> [FoundDevice]? {
        guard let rule = try settings.text(DeviceKind.rule) else { return nil }
        try settings.allow(keys)
        var query = try LSLQuery(settings, port: "")
        var pattern: String?
        if rule.contains(where: { "'\"".contains($0) }) {
            query.predicate = query.predicate.map { "(\(rule)) and (\($0))" } ?? "(\(rule))"
        } else {
            guard !rule.contains("=") else {
                throw settings.invalid(
                    DeviceKind.rule, rule,
                    expected: "a condition with its values in single quotes (type='EEG'), or a name with * and ?")
            }
            pattern = rule
        }
        let shared = ["unit", "gap_seconds"].compactMap { key in settings[key].map { (key, $0) } }
        return try LSLResolver.matching(query, name: pattern).map { stream in
            var own = Dictionary(uniqueKeysWithValues: shared)
            let header = stream.header
            own["name"] = .string(header.name)
            if !header.type.isEmpty { own["type"] = .string(header.type) }
            if !header.sourceID.isEmpty { own["source_id"] = .string(header.sourceID) }
            // A device that comes back is the one of this machine.
            if !header.host.isEmpty { own["predicate"] = .string(LSLQuery.condition("hostname", header.host)) }
            if !stream.uid.isEmpty { own["uid"] = .string(stream.uid) }
            // A setting is no empty text: a stream without a name is found by the rest.
            if header.name.isEmpty { own["name"] = nil }
            let type = header.type.isEmpty ? "" : " (\(header.type))"
            let source = header.sourceID.isEmpty ? "" : ", source \(header.sourceID)"
            return FoundDevice(name: header.name, text: "“\(header.name)”\(type) on \(header.host)\(source)", settings: own)
        }
    }
}
