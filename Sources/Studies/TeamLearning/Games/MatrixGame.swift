/// Pairs of a population play a game of two actions. An agent only knows the other's team.
///
/// In each step every agent is focal once. Its opponent is of any team with the same probability, and any of that team's other members.
/// Seats 2k and 2k + 1 are the focal agent k and its opponent. Each step is an episode.
///
/// - Source: D. Radke, K. Larson, T. Brecht, K. Tilbury, IJCAI 2023 (doi 10.24963/ijcai.2023/31), and their program Teams_IPD.
public struct MatrixGame: StochasticGame {
    public let rules: GameRules
    public let payoff: MatrixPayoff
    public let partition: TeamPartition
    private let members: [[Int]]
    private var opponents: [Int]
    private var rewards: [Double]
    private var chance = Chance(seed: 0)
    public private(set) var isOver = true

    /// - Precondition: two agents or more.
    public init(_ payoff: MatrixPayoff, _ partition: TeamPartition) {
        precondition(partition.agents > 1, "somebody to meet")
        (self.payoff, self.partition) = (payoff, partition)
        members = partition.members
        let values = payoff.values.flatMap(\.self)
        rules = GameRules(
            name: payoff.name, agents: partition.agents, actions: payoff.actions, tableStates: partition.teams,
            observation: [partition.teams], horizon: 1, endIsFinal: true, rewards: [values.min() ?? 0, values.max() ?? 1],
            idleAction: 1)
        opponents = [Int](repeating: 0, count: partition.agents)
        rewards = [Double](repeating: 0, count: 2 * partition.agents)
    }

    public var seats: Int { 2 * rules.agents }

    public mutating func reset(seed: UInt64) {
        chance = Chance(seed: seed)
        isOver = false
        for agent in opponents.indices { opponents[agent] = opponent(of: agent) }
    }

    private mutating func opponent(of agent: Int) -> Int {
        while true {
            let team = chance.integer(below: members.count)
            let isOwn = team == partition.team(of: agent)
            let others = members[team].count - (isOwn ? 1 : 0)
            if others == 0 { continue }
            let place = chance.integer(below: others)
            let met = members[team][place]
            // The agent itself stands in its team's list, in rising order.
            return isOwn && met >= agent ? members[team][place + 1] : met
        }
    }

    public func agent(at seat: Int) -> Int { seat % 2 == 0 ? seat / 2 : opponents[seat / 2] }

    /// The other's team.
    public func state(at seat: Int) -> Int { partition.team(of: seat % 2 == 0 ? opponents[seat / 2] : seat / 2) }

    public func observe(_ seat: Int, into values: inout [Float]) {
        let team = state(at: seat)
        for place in values.indices { values[place] = place == team ? 1 : 0 }
    }

    public mutating func play(_ actions: [Int]) {
        for agent in opponents.indices {
            let (own, other) = (actions[2 * agent], actions[2 * agent + 1])
            rewards[2 * agent] = payoff.values[own][other]
            rewards[2 * agent + 1] = payoff.values[other][own]
        }
        isOver = true
    }

    public func reward(at seat: Int) -> Double { rewards[seat] }

    /// Shares of the first action (cooperation) towards teammates and towards others.
    public func measures(_ counts: ActionCounts) -> [String: Double] {
        var (within, between) = ((first: 0, all: 0), (first: 0, all: 0))
        for agent in 0..<rules.agents {
            for team in 0..<partition.teams {
                let (first, second) = (counts[agent, team, 0], counts[agent, team, 1])
                if team == partition.team(of: agent) {
                    within = (within.first + first, within.all + first + second)
                } else {
                    between = (between.first + first, between.all + first + second)
                }
            }
        }
        var found: [String: Double] = [:]
        if within.all > 0 { found["\(payoff.actions[0])_within"] = Double(within.first) / Double(within.all) }
        if between.all > 0 { found["\(payoff.actions[0])_between"] = Double(between.first) / Double(between.all) }
        return found
    }
}
