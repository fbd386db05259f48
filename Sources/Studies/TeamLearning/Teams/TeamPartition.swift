/// Which agents share their rewards: each agent is in one team.
public struct TeamPartition: Sendable, Codable, Equatable {
    /// Shape `[agents]`: the team of each agent, from 0 without a gap.
    public let teamOfAgent: [Int]
    /// Names of the teams, in their order.
    public let names: [String]

    /// - Parameter teams: the team of each agent; numbered anew in the order in which they appear.
    public init(teams: [Int], names: [String]? = nil) {
        var known: [Int: Int] = [:]
        teamOfAgent = teams.map { team in
            let number = known[team] ?? known.count
            known[team] = number
            return number
        }
        let count = known.count
        self.names = names.flatMap { $0.count == count ? $0 : nil } ?? (0..<count).map { "team-\($0)" }
    }

    /// Every agent for itself.
    public static func solo(_ agents: Int) -> TeamPartition { TeamPartition(teams: Array(0..<agents)) }

    /// One team of all.
    public static func all(_ agents: Int) -> TeamPartition {
        TeamPartition(teams: [Int](repeating: 0, count: agents))
    }

    /// Teams of one size, of neighbours.
    public static func equal(teams: Int, size: Int) -> TeamPartition {
        TeamPartition(teams: (0..<teams * size).map { $0 / size })
    }

    /// Agents with the same label, as the device or the kind of knob, are a team.
    public static func labelled(_ labels: [String]) -> TeamPartition {
        var names: [String] = []
        let teams = labels.map { label in
            if let place = names.firstIndex(of: label) { return place }
            names.append(label)
            return names.count - 1
        }
        return TeamPartition(teams: teams, names: names)
    }

    public var agents: Int { teamOfAgent.count }
    public var teams: Int { names.count }

    @inline(__always) public func team(of agent: Int) -> Int { teamOfAgent[agent] }

    /// Shape `[teams][members]`, in rising order.
    public var members: [[Int]] {
        var members = [[Int]](repeating: [], count: teams)
        for (agent, team) in teamOfAgent.enumerated() { members[team].append(agent) }
        return members
    }

    /// The size of all teams; nil where they differ.
    public var size: Int? {
        let sizes = Set(members.map(\.count))
        return sizes.count == 1 ? sizes.first : nil
    }

    /// "3x2" for three teams of two; "1+2+3" where sizes differ.
    public var text: String {
        size.map { "\(teams)x\($0)" } ?? members.map { "\($0.count)" }.joined(separator: "+")
    }
}
