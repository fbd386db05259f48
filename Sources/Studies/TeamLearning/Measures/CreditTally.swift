import Glibc

/// What an agent can learn of its own action from its team's reward.
///
/// For each agent, state and action the team's reward is summed, squared and counted in bins. From these come
/// * the **credit signal-to-noise ratio**: the root of the variance between the actions' mean rewards over the variance within actions, both
///   weighted by how often states and actions came. For two actions that are equally frequent, with means Δ apart and noise σ, it is Δ / 2σ.
///   What chance alone puts between the means is subtracted;
/// * the **information** between own action and team reward in a known state, in nats, less the bias of a finite count (Miller and Madow).
public struct CreditTally: Sendable, Codable, Equatable {
    static let bins = 64

    public let agents: Int
    public let states: Int
    public let actions: Int
    private let low: Double
    private let scale: Double
    private var sums: [Double]
    private var squares: [Double]
    private var counts: [UInt32]

    /// - Parameter rewards: smallest and largest that usually come; others count as the nearest.
    public init(agents: Int, states: Int, actions: Int, rewards: [Double]) {
        (self.agents, self.states, self.actions) = (agents, states, actions)
        low = rewards[0]
        scale = Double(Self.bins - 1) / max(rewards[1] - rewards[0], 1e-300)
        sums = [Double](repeating: 0, count: agents * states * actions)
        squares = sums
        counts = [UInt32](repeating: 0, count: agents * states * actions * Self.bins)
    }

    @inline(__always) package mutating func count(_ agent: Int, _ state: Int, _ action: Int, _ reward: Double) {
        let cell = (agent * states + state) * actions + action
        sums[cell] += reward
        squares[cell] += reward * reward
        let place = (reward - low) * scale + 0.5
        let bin = place < 0 ? 0 : place < Double(Self.bins) ? Int(place) : Self.bins - 1
        counts[cell * Self.bins + bin] &+= 1
    }

    private enum CodingKeys: String, CodingKey {
        case agents, states, actions, low, scale, sums, squares, counts
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        agents = try fields.decode(Int.self, forKey: .agents)
        states = try fields.decode(Int.self, forKey: .states)
        actions = try fields.decode(Int.self, forKey: .actions)
        low = try fields.decode(Double.self, forKey: .low)
        scale = try fields.decode(Double.self, forKey: .scale)
        sums = try fields.decode(Sparse<Double>.self, forKey: .sums).all(decoder)
        squares = try fields.decode(Sparse<Double>.self, forKey: .squares).all(decoder)
        counts = try fields.decode(Sparse<UInt32>.self, forKey: .counts).all(decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(agents, forKey: .agents)
        try fields.encode(states, forKey: .states)
        try fields.encode(actions, forKey: .actions)
        try fields.encode(low, forKey: .low)
        try fields.encode(scale, forKey: .scale)
        try fields.encode(Sparse(sums), forKey: .sums)
        try fields.encode(Sparse(squares), forKey: .squares)
        try fields.encode(Sparse(counts), forKey: .counts)
    }

    private func times(_ cell: Int) -> Int {
        counts[cell * Self.bins..<(cell + 1) * Self.bins].reduce(0) { $0 + Int($1) }
    }

    /// The mean over agents; 0 where no action made a difference.
    public var signalToNoise: Double { (0..<agents).reduce(0) { $0 + signalToNoise(of: $1) } / Double(agents) }

    public func signalToNoise(of agent: Int) -> Double {
        var (between, within, all, cells, seen) = (0.0, 0.0, 0, 0, 0)
        for state in 0..<states {
            let row = (agent * states + state) * actions
            var (stateSum, stateCount) = (0.0, 0)
            for cell in row..<row + actions {
                let count = times(cell)
                if count == 0 { continue }
                stateSum += sums[cell]
                stateCount += count
                within += squares[cell] - sums[cell] * sums[cell] / Double(count)
                between += sums[cell] * sums[cell] / Double(count)
                cells += 1
            }
            if stateCount == 0 { continue }
            between -= stateSum * stateSum / Double(stateCount)
            all += stateCount
            seen += 1
        }
        guard all > cells, within > 1e-12 else { return 0 }
        let noise = within / Double(all - cells)
        let signal = (between - noise * Double(cells - seen)) / Double(all)
        return (max(0, signal) / noise).squareRoot()
    }

    /// The mean over agents.
    public var information: Double { (0..<agents).reduce(0) { $0 + information(of: $1) } / Double(agents) }

    public func information(of agent: Int) -> Double {
        var (sum, all) = (0.0, 0)
        for state in 0..<states {
            let row = (agent * states + state) * actions
            var byReward = [Int](repeating: 0, count: Self.bins)
            var byAction = [Int](repeating: 0, count: actions)
            for action in 0..<actions {
                for bin in 0..<Self.bins {
                    let count = Int(counts[(row + action) * Self.bins + bin])
                    byReward[bin] += count
                    byAction[action] += count
                }
            }
            let total = byAction.reduce(0, +)
            if total == 0 { continue }
            all += total
            var (found, pairs) = (0.0, 0)
            for action in 0..<actions where byAction[action] > 0 {
                for bin in 0..<Self.bins {
                    let count = Double(counts[(row + action) * Self.bins + bin])
                    if count == 0 { continue }
                    pairs += 1
                    found += count * log(count * Double(total) / (Double(byAction[action]) * Double(byReward[bin])))
                }
            }
            let kept = byAction.count { $0 > 0 } + byReward.count { $0 > 0 }
            // H(A) + H(R) − H(A, R), each with half of its cells less one for each row.
            sum += found - Double(pairs - kept + 1) / 2
        }
        return all == 0 ? 0 : max(0, sum / Double(all))
    }
}
