import Settings

extension SlurmSettings {
    init(_ table: SettingsTable?) throws(SettingsError) {
        self.init()
        guard let table else { return }
        try table.allow(["partition", "time", "cpus", "memory", "array_limit", "points_per_task"])
        partition = try Self.word(table, "partition", "a partition's name, or several with commas") {
            $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-,".contains($0)) }
        }
        time = try Self.word(table, "time", "a time as sbatch has it, \"30\", \"1:30:00\" or \"2-12\"") {
            $0.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ":" || $0 == "-") } && $0.first?.isNumber == true
        }
        memory = try Self.word(table, "memory", "a size as sbatch has it, \"500M\" or \"4G\"") {
            let digits = $0.prefix { $0.isASCII && $0.isNumber }
            return !digits.isEmpty && ["", "K", "M", "G", "T"].contains($0.dropFirst(digits.count))
        }
        cpus = try table.whole("cpus", in: 1...4096)
        arrayLimit = try table.whole("array_limit", in: 1...SweepDescription.mostPoints)
        pointsPerTask = try table.whole("points_per_task", in: 1...SweepDescription.mostPoints) ?? 1
    }

    private static func word(
        _ table: SettingsTable, _ key: String, _ expected: String, _ isRight: (String) -> Bool
    ) throws(SettingsError) -> String? {
        guard let text = try table.string(key) else { return nil }
        guard !text.isEmpty, isRight(text) else { throw table.invalid(key, text, expected: expected) }
        return text
    }
}
