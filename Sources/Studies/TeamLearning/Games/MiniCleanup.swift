/// Cleanup without a map: the smallest game in which somebody has to clean so that all can harvest.
///
/// Waste has a level w of 0 … 10. In each step an agent harvests or cleans. A harvester gets an apple with probability max(0, 1 − w / 5).
/// Then w grows by Binomial(6, ½) and falls by the number of cleaners. Nobody is paid for cleaning. Agents see w.
public struct MiniCleanup: StochasticGame {
    /// Waste that may come in a step.
    public static let wasteDraws = 6
    public static let highestWaste = 10

    public let rules: GameRules
    public private(set) var waste = 0
    private var chance = Chance(seed: 0)
    private var rewards: [Double]

    public init(agents: Int = 24) {
        precondition(agents > 0, "a game has agents")
        rules = GameRules(
            name: "mini-cleanup", agents: agents, actions: ["harvest", "clean"], tableStates: Self.highestWaste + 1,
            observation: [Self.highestWaste + 1], rewards: [0, 1])
        rewards = [Double](repeating: 0, count: agents)
    }

    public var isOver: Bool { false }
    public var seats: Int { rules.agents }

    public mutating func reset(seed: UInt64) {
        chance = Chance(seed: seed)
        waste = 0
    }

    public func agent(at seat: Int) -> Int { seat }
    public func state(at seat: Int) -> Int { waste }

    public func observe(_ seat: Int, into values: inout [Float]) {
        for level in values.indices { values[level] = level == waste ? 1 : 0 }
    }

    public mutating func play(_ actions: [Int]) {
        let share = max(0, 1 - Double(waste) / 5)
        var cleaners = 0
        for agent in rewards.indices {
            // Drawn by cleaners, too: what one agent does changes nobody else's luck.
            let isLucky = chance.uniform() < share
            if actions[agent] == 1 { cleaners += 1 }
            rewards[agent] = actions[agent] == 0 && isLucky ? 1 : 0
        }
        let mask = UInt64(1) << UInt64(Self.wasteDraws) - 1
        let grown = (chance.bits() & mask).nonzeroBitCount
        waste = min(Self.highestWaste, max(0, waste + grown - cleaners))
    }

    public func reward(at seat: Int) -> Double { rewards[seat] }
}
