package import Settings

extension SweepDescription {
    /// Reads a sweep file.
    package init(contentsOf path: String) throws(SettingsError) {
        try self.init(toml: SettingsTable.text(of: path), file: path)
    }

    /// - Parameter file: the name to use in messages.
    /// - Throws: `SettingsError` with the line.
    package init(toml text: String, file: String) throws(SettingsError) {
        let table = try SettingsTable(toml: text, file: file)
        try table.allow(["name", "command", "seed", "parameters", "result", "slurm"])
        self.file = file
        self.text = text
        name = try table.string("name") ?? Self.stem(file)
        command = try Self.command(table)
        seed = try table.seed("seed") ?? 1
        guard let parameters = try table.section("parameters") else { throw table.missing("parameters") }
        randomPoints = try parameters.whole("random", in: 1...Self.mostPoints)
        self.parameters = try Self.parameters(parameters, isRandom: randomPoints != nil)
        (objective, columns) = try Self.result(table.section("result"))
        slurm = try SlurmSettings(table.section("slurm"))
        lines = ["command": table.line(of: "command"), "parameters": parameters.line]
        for parameter in self.parameters { lines[parameter.name] = parameters.line(of: parameter.name) }
        try checkCount(parameters)
    }

    /// The file's name without its folder and ending.
    package static func stem(_ file: String) -> String {
        let name = String(file.split(separator: "/").last ?? "sweep")
        return name.hasSuffix(".toml") && name.count > 5 ? String(name.dropLast(5)) : name
    }

    private static func command(_ table: SettingsTable) throws(SettingsError) -> [String] {
        let expected = "a list of words, [\"film\", \"loop\"]"
        guard let setting = table.settings["command"] else {
            throw table.isTable("command") ? table.wrongType("command", expected: expected) : table.missing("command")
        }
        guard let list = setting.list else { throw table.wrongType("command", expected: expected) }
        let words = list.compactMap(\.string)
        guard words.count == list.count else { throw table.invalid("command", "\(setting)", expected: expected) }
        guard !words.isEmpty else {
            throw table.invalid("command", "[]", expected: "a command of larmor, [\"film\", \"loop\"]")
        }
        if words.contains("--") {
            throw table.invalid("command", "--", expected: "no such word: options of the parameters follow the command")
        }
        return words.filter { $0 != "--json" }
    }

    private static func parameters(_ table: SettingsTable, isRandom: Bool) throws(SettingsError) -> [SweepParameter] {
        let names = (table.settings.keys + table.tableNames).filter { $0 != "random" }
            .sorted { (table.line(of: $0), $0) < (table.line(of: $1), $1) }
        guard !names.isEmpty else {
            throw SettingsError(file: table.file, line: table.line, reason: .missingKey("--OPTION", inTable: "parameters"))
        }
        var result: [SweepParameter] = []
        // Of the grid, or of all parameters together where points are drawn.
        var count = isRandom ? 0 : 1
        for name in names {
            guard name.hasPrefix("--"), name.count > 2, !name.contains(where: { $0 == "=" || $0.isWhitespace }) else {
                throw table.invalid(name, name, expected: "an option with its dashes, \"--\(name)\", or random = N")
            }
            let values = try SweepParameter.Values(table, name, isRandom: isRandom)
            let parameter = SweepParameter(name, values)
            let (more, isTooLarge) =
                isRandom
                ? count.addingReportingOverflow(values.kept) : count.multipliedReportingOverflow(by: parameter.count ?? 0)
            // Told at once: what follows may be as large.
            guard !isTooLarge, more <= Self.mostPoints else {
                throw table.invalid(
                    name, "\(parameter.count ?? 0) values",
                    expected: isRandom
                        ? "at most \(Self.mostPoints) values in all lists; a range without steps has room for any"
                        : "a grid of at most \(Self.mostPoints) points; take fewer values, or random = N")
            }
            count = more
            result.append(parameter)
        }
        return result
    }

    private static func result(_ table: SettingsTable?) throws(SettingsError) -> (SweepObjective?, [String]) {
        guard let table else { return (nil, []) }
        try table.allow(["minimise", "maximise", "columns"])
        let (least, most) = (try table.string("minimise"), try table.string("maximise"))
        if least != nil, let most {
            throw table.invalid("maximise", most, expected: "none beside “minimise”: give one of them")
        }
        var columns: [String] = []
        if let setting = table.settings["columns"] {
            columns = setting.list?.compactMap(\.string) ?? []
            guard columns.count == setting.list?.count else {
                throw table.wrongType("columns", expected: "a list of paths, [\"test.median\", \"seconds\"]")
            }
        }
        for path in [least, most].compactMap(\.self) + columns {
            guard !path.isEmpty, path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty }) else {
                throw table.invalid(
                    least == path ? "minimise" : most == path ? "maximise" : "columns", path,
                    expected: "a path such as “test.median”")
            }
        }
        return ((least ?? most).map { SweepObjective(path: $0, isMaximised: most != nil) }, columns)
    }

    /// - Throws: `SettingsError` where so many different points are not to be had, or their words have no room.
    private func checkCount(_ table: SettingsTable) throws(SettingsError) {
        let count = randomPoints ?? parameters.reduce(1) { $0 * ($1.count ?? 1) }
        let width = parameters.reduce(0) { $0 + $1.width }
        guard width <= Self.mostBytes / count else {
            throw table.invalid(
                randomPoints == nil ? parameters[0].name : "random", "\(count) points",
                expected: "fewer points, or shorter values: a point's options have \(width) bytes, and all together may have "
                    + "\(Self.mostBytes >> 20) MiB")
        }
        guard let randomPoints else { return }
        let found = differentPoints
        guard found == randomPoints else {
            throw table.invalid(
                "random", "\(randomPoints)", expected: "at most \(found): there are no more different points")
        }
    }
}
