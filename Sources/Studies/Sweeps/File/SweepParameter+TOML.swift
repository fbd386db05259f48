import Settings

extension SweepParameter.Values {
    private static let forms =
        "a list of values, { values = […] } or { from = …, to = …, steps = …, scale = \"linear\" or \"log\" }"

    /// - Parameter isRandom: whether points are drawn, so that a range needs no steps.
    init(_ table: SettingsTable, _ name: String, isRandom: Bool) throws(SettingsError) {
        if let inner = table.table(name) {
            try inner.allow(["values", "from", "to", "steps", "scale"])
            if inner.settings["values"] != nil {
                if let other = ["from", "to", "steps", "scale"].first(where: { inner.settings[$0] != nil }) {
                    throw inner.invalid(other, inner.settings[other]?.description ?? "", expected: "none beside “values”")
                }
                self = try Self.list(inner, "values", name)
            } else {
                self = try Self.range(inner, isRandom: isRandom)
            }
        } else {
            self = try Self.list(table, name, name)
        }
    }

    private static func list(_ table: SettingsTable, _ key: String, _ name: String) throws(SettingsError) -> Self {
        guard let list = table.settings[key]?.list else { throw table.wrongType(key, expected: forms) }
        guard !list.isEmpty else { throw table.invalid(key, "[]", expected: "one value at least") }
        var values: [SweepValue] = []
        var seen: Set<String> = []
        for setting in list {
            let value: SweepValue
            switch setting {
            case .integer(let number): value = .integer(number)
            case .number(let number):
                guard number.isFinite else { throw table.invalid(key, "\(number)", expected: "finite numbers") }
                value = SweepValue(number)
            case .string(let text): value = .string(text)
            case .boolean(let isOn): value = .boolean(isOn)
            case .list, .moment: throw table.invalid(key, "\(setting)", expected: "numbers, texts, or true and false")
            }
            guard seen.insert("\(value)").inserted else {
                throw table.invalid(key, "\(value)", expected: "each value once")
            }
            values.append(value)
        }
        return .list(values)
    }

    private static func range(_ table: SettingsTable, isRandom: Bool) throws(SettingsError) -> Self {
        let (low, high) = (try table.requiredFinite("from"), try table.requiredFinite("to"))
        guard low < high else { throw table.invalid("to", "\(high)", expected: "more than “from”, which is \(low)") }
        let scale = try table.string("scale") ?? "linear"
        guard ["linear", "log"].contains(scale) else { throw table.invalid("scale", scale, expected: "“linear” or “log”") }
        let isLogarithmic = scale == "log"
        if isLogarithmic, low <= 0 { throw table.invalid("from", "\(low)", expected: "more than 0 with scale = \"log\"") }
        guard (high - low).isFinite else { throw table.invalid("to", "\(high)", expected: "a range that a number can hold") }
        if let steps = try table.whole("steps", in: 2...SweepDescription.mostPoints) {
            var values: [SweepValue] = []
            for value in SweepParameter.steps(low, high, steps, isLogarithmic: isLogarithmic) where values.last != value {
                values.append(value)
            }
            return .list(values)
        }
        if !isLogarithmic, let first = table.settings["from"]?.integer, let last = table.settings["to"]?.integer {
            return .integers(first...last)
        }
        guard isRandom else { throw table.missing("steps") }
        return .range(low: low, high: high, isLogarithmic: isLogarithmic)
    }
}
