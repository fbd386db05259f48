public import Settings

extension TeamPartition {
    /// Reads a team file: `[[team]]` with `name` and `agents`, a list of names.
    ///
    /// - Parameter agents: names of the game's agents; each must be in one team.
    public init(contentsOf path: String, agents: [String]) throws(SettingsError) {
        try self.init(SettingsTable(contentsOf: path), agents: agents)
    }

    package init(_ file: SettingsTable, agents: [String]) throws(SettingsError) {
        try file.allow(["team"])
        var teamOf = [Int?](repeating: nil, count: agents.count)
        var names: [String] = []
        let places = Dictionary(agents.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for table in try file.sections("team") {
            try table.allow(["name", "agents"])
            let name = try table.string("name") ?? "team-\(names.count)"
            if names.contains(name) {
                throw SettingsError(file: file.file, line: table.line, reason: .duplicateName(name, kind: "team"))
            }
            guard let list = table.settings["agents"]?.list else {
                if table.settings["agents"] != nil { throw table.wrongType("agents", expected: "a list of agents' names") }
                throw table.missing("agents")
            }
            guard !list.isEmpty else { throw table.invalid("agents", "[]", expected: "at least one agent") }
            for entry in list {
                guard let agent = entry.string else {
                    throw table.invalid("agents", entry.description, expected: "names of agents")
                }
                guard let place = places[agent] else {
                    throw SettingsError(
                        file: file.file, line: table.line(of: "agents"),
                        reason: .unknownName(agent, kind: "agent", known: agents))
                }
                guard teamOf[place] == nil else {
                    throw table.invalid("agents", agent, expected: "each agent in one team only")
                }
                teamOf[place] = names.count
            }
            names.append(name)
        }
        if let forgotten = teamOf.firstIndex(where: { $0 == nil }) {
            throw SettingsError(
                file: file.file, line: 0,
                reason: .missingKey("agents = [\"\(agents[forgotten])\"]", inTable: "a team"))
        }
        // In the order of the agents, as everywhere.
        let teams = teamOf.compactMap(\.self)
        var order: [Int] = []
        for team in teams where !order.contains(team) { order.append(team) }
        self.init(teams: teams, names: order.map { names[$0] })
    }
}
