import Devices
import Signals
import Transports

extension Rig {
    /// The driver of an LSL stream. The port is a stream's name or a predicate; settings add conditions.
    func lslDriver(_ device: Device, port: String, waker: Waker) throws(RigError) -> LSLDriver {
        try check(device, known: ["name", "type", "source_id", "predicate", "unit", "gap_seconds"])
        var query = LSLQuery(port: port)
        if let name = try text("name", device) { query.name = name }
        query.type = try text("type", device)
        query.sourceID = try text("source_id", device)
        if let predicate = try text("predicate", device) {
            query.predicate = query.predicate.map { "\($0) and \(predicate)" } ?? predicate
        }
        guard !query.isEmpty else {
            throw RigError(
                file: file, line: device.line,
                reason: .missingKey(
                    "port” or one of the settings “name”, “type”, “source_id”, “predicate", inTable: device.name))
        }
        let unit = try text("unit", device)
        if let unit, UnitWord(word: unit).unit == .unspecified {
            let known = UnitWord.words.keys.sorted().joined(separator: ", ")
            throw invalid("unit", unit, device, expected: "one of \(known)")
        }
        var gap = LSLConfiguration.defaultGapSeconds
        if let setting = device.settings["gap_seconds"] {
            guard let number = setting.number, (0.001...3600).contains(number) else {
                throw invalid("gap_seconds", "\(setting)", device, expected: "seconds from 0.001 to 3600")
            }
            gap = number
        }
        return LSLDriver(name: device.name, query: query, unit: unit, gapSeconds: gap, waker: waker)
    }

    private func text(_ key: String, _ device: Device) throws(RigError) -> String? {
        guard let setting = device.settings[key] else { return nil }
        guard let text = setting.string, !text.isEmpty else {
            throw invalid(key, "\(setting)", device, expected: "a text in quotes")
        }
        return text
    }
}
