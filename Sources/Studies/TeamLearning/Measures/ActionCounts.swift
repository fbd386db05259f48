/// How often each agent took each action in each state.
public struct ActionCounts: Sendable, Codable, Equatable {
    public let agents: Int
    public let states: Int
    public let actions: Int
    private var counts: [Int]

    public init(agents: Int, states: Int, actions: Int) {
        (self.agents, self.states, self.actions) = (agents, states, actions)
        counts = [Int](repeating: 0, count: agents * states * actions)
    }

    public subscript(agent: Int, state: Int, action: Int) -> Int { counts[(agent * states + state) * actions + action] }

    @inline(__always) package mutating func count(_ agent: Int, _ state: Int, _ action: Int) {
        counts[(agent * states + state) * actions + action] += 1
    }

    /// Shape `[agents][actions]`: the share of each action; zeros for an agent that never acted.
    public var roles: [[Double]] {
        (0..<agents).map { agent in
            var sums = [Int](repeating: 0, count: actions)
            for state in 0..<states {
                for action in 0..<actions { sums[action] += self[agent, state, action] }
            }
            let all = sums.reduce(0, +)
            return sums.map { all == 0 ? 0 : Double($0) / Double(all) }
        }
    }

    /// Entropy of what an agent does when the state is known, in nats; the mean over agents.
    public var policyEntropy: Double {
        var mean = 0.0
        for agent in 0..<agents {
            var (sum, all) = (0.0, 0)
            for state in 0..<states {
                let row = (0..<actions).map { self[agent, state, $0] }
                let count = row.reduce(0, +)
                if count > 0 { sum += Double(count) * Roles.entropy(row.map { Double($0) / Double(count) }) }
                all += count
            }
            if all > 0 { mean += sum / Double(all) / Double(agents) }
        }
        return mean
    }
}
