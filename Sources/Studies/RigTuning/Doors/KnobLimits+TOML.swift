package import Settings

extension KnobPanel {
    /// Narrows the limits as a file says: `[[knob]]` with `name` (DEVICE.KNOB) or `kind`, and `lowest`, `highest`, `largest_rate`.
    ///
    /// - Throws: `SettingsError` with the line, ``TuningError`` for limits that leave a rest value outside.
    public func narrowed(by path: String) throws -> KnobPanel {
        try narrowed(by: SettingsTable(contentsOf: path))
    }

    package func narrowed(by file: SettingsTable) throws -> KnobPanel {
        try file.allow(["knob"])
        var panel = self
        for table in try file.sections("knob") {
            try table.allow(["name", "kind", "lowest", "highest", "largest_rate"])
            let (name, kind) = (try table.string("name"), try table.string("kind"))
            guard (name == nil) != (kind == nil) else { throw table.missing("name") }
            let places = knobs.indices.filter { knobs[$0].fullName == name || knobs[$0].kind == kind }
            guard !places.isEmpty else {
                let known = name != nil ? knobs.map(\.fullName) : Array(Set(knobs.map(\.kind))).sorted()
                throw TuningError(.unknownKnob(name ?? kind ?? "", known: known))
            }
            func number(_ key: String) throws -> Double? {
                guard let value = try table.number(key) else { return nil }
                guard value.isFinite else { throw table.invalid(key, "\(value)", expected: "a finite number") }
                return value
            }
            let (lowest, highest) = (try number("lowest") ?? -.infinity, try number("highest") ?? .infinity)
            let rate = try number("largest_rate")
            guard lowest <= highest else { throw table.invalid("lowest", "\(lowest)", expected: "at most highest") }
            if let rate, !(rate > 0) { throw table.invalid("largest_rate", "\(rate)", expected: "above 0") }
            for place in places { try panel.narrow(place, to: lowest...highest, rate: rate) }
        }
        return panel
    }
}
