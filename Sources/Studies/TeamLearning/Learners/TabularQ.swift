import Signals

/// Q-learning of one agent with a table of values.
///
///     Q(s, a) += α (r + γ max Q(s′, ·) − Q(s, a))
///
/// - Source: C. Watkins, P. Dayan, Machine Learning 8 (1992) 279.
public struct TabularQ: Sendable, Codable, Equatable {
    public struct Settings: Sendable, Codable, Equatable {
        /// α.
        public var rate: Double
        /// γ.
        public var discount: Double

        public init(rate: Double = 0.1, discount: Double = 0.9) { (self.rate, self.discount) = (rate, discount) }
    }

    public let settings: Settings
    public let actions: Int
    /// Shape `[states, actions]`, row by row.
    public private(set) var values: [Double]
    private var chance: Chance

    public init(states: Int, actions: Int, _ settings: Settings, seed: UInt64) {
        precondition(states > 0 && actions > 0, "a table has cells")
        (self.settings, self.actions) = (settings, actions)
        values = [Double](repeating: 0, count: states * actions)
        chance = Chance(seed: seed)
    }

    /// An action: any with probability `exploration`, else one with the largest value; of equal ones any.
    @inline(__always) public mutating func choose(_ state: Int, exploration: Double) -> Int {
        if chance.uniform() < exploration { return chance.integer(below: actions) }
        let row = state * actions
        var (best, place, equal) = (values[row], 0, 1)
        for action in 1..<max(1, actions) {
            let value = values[row + action]
            if value > best {
                (best, place, equal) = (value, action, 1)
            } else if value == best {
                equal += 1
                if chance.integer(below: equal) == 0 { place = action }
            }
        }
        return place
    }

    /// - Parameter next: the state that followed; nil when no reward can follow any more.
    @inline(__always) public mutating func learn(_ state: Int, _ action: Int, reward: Double, next: Int?) {
        let place = state * actions + action
        var target = reward
        if let next { target += settings.discount * highest(next) }
        values[place] += settings.rate * (target - values[place])
    }

    @inline(__always) private func highest(_ state: Int) -> Double {
        let row = state * actions
        var best = values[row]
        for action in 1..<max(1, actions) where values[row + action] > best { best = values[row + action] }
        return best
    }
}
