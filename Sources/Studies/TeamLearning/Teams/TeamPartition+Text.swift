extension TeamPartition {
    /// Reads "6x1", "3x2" (teams x size), "solo", "all", "device" or "kind".
    ///
    /// - Parameters:
    ///   - agents: how many the game has; nil where a text "3x2" may say it.
    ///   - devices, kinds: of the agents; empty where the game has none.
    public init(
        _ text: String, agents: Int?, standard: Int, devices: [String] = [], kinds: [String] = []
    ) throws(TeamLearningError) {
        let count = agents ?? standard
        switch text {
        case "solo": self = .solo(count)
        case "all": self = .all(count)
        case "device", "kind":
            let labels = text == "device" ? devices : kinds
            guard !labels.isEmpty else { throw TeamLearningError(.noLabels(text)) }
            self = .labelled(labels)
        default:
            let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 2, let teams = parts[0], let size = parts[1], (1...1000).contains(teams),
                (1...1000).contains(size), teams * size <= Self.mostAgents
            else { throw TeamLearningError(.notTeams(text)) }
            if let agents, teams * size != agents {
                throw TeamLearningError(.otherCount(text, agents: teams * size, expected: agents))
            }
            self = .equal(teams: teams, size: size)
        }
    }

    /// More agents than these are a mistake.
    public static let mostAgents = 10_000
}
