public import Settings
public import Simulators

extension FaultPlan {
    /// Reads a fault plan:
    ///
    ///     seed = 7
    ///
    ///     [[fault]]
    ///     kind = "drop"          # drop, duplicate, corrupt, cut, noise, delay, burst, disconnect, drift, counter
    ///     at = 500               # the packet that is hit, from 0; or every = 50, or probability = 0.01
    ///     count = 10             # packets, copies, bytes or counts, after the kind
    ///
    /// - Throws: ``SettingsError`` with file and line.
    public init(contentsOf path: String) throws(SettingsError) {
        try self.init(text: SettingsTable.text(of: path), file: path)
    }

    public init(text: String, file: String) throws(SettingsError) {
        let plan = try SettingsTable(toml: text, file: file)
        try plan.allow(["seed", "fault"])
        let seed = try plan.integer("seed") ?? 1
        guard seed >= 0 else { throw plan.invalid("seed", "\(seed)", expected: "0 or more") }
        var faults: [Fault] = []
        for table in try plan.sections("fault") { faults.append(try Self.fault(table)) }
        self.init(seed: UInt64(seed), faults)
    }

    private static func fault(_ table: SettingsTable) throws(SettingsError) -> Fault {
        try table.allow(["kind", "at", "every", "probability", "count", "seconds", "ppm", "byte"])
        let name = try table.required("kind")
        guard let kind = Kind(rawValue: name) else {
            throw table.invalid(
                "kind", name, expected: "one of " + Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let fault = Fault(
            kind, at: try table.integer("at"), every: try table.integer("every"),
            probability: try table.number("probability") ?? 0, count: try table.integer("count") ?? 1,
            seconds: try table.number("seconds") ?? 0, ppm: try table.number("ppm") ?? 0,
            byte: try table.integer("byte"))
        guard (0...1).contains(fault.probability) else {
            throw table.invalid("probability", "\(fault.probability)", expected: "a number from 0 to 1")
        }
        if let at = fault.at, at < 0 { throw table.invalid("at", "\(at)", expected: "0 or more") }
        if let every = fault.every, every < 1 {
            throw table.invalid("every", "\(every)", expected: "1 or more")
        }
        let range = kind == .counter ? -1_000_000...1_000_000 : 0...1_000_000
        guard range.contains(fault.count) else {
            throw table.invalid(
                "count", "\(fault.count)",
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        guard (0...3600).contains(fault.seconds) else {
            throw table.invalid("seconds", "\(fault.seconds)", expected: "a number from 0 to 3600")
        }
        guard abs(fault.ppm) <= 100_000 else {
            throw table.invalid("ppm", "\(fault.ppm)", expected: "a number from -100000 to 100000")
        }
        guard kind == .drift || fault.at != nil || fault.every != nil || fault.probability > 0 else {
            throw SettingsError(
                file: table.file, line: table.line,
                reason: .missingKey("at” or “every” or “probability", inTable: table.path))
        }
        return fault
    }
}
