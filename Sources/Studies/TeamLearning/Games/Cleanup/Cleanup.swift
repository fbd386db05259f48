/// Cleanup: apples grow only while the river is clean, and nobody is paid for cleaning it.
///
/// Agents move, turn, fire and clean on a map. An apple is worth 1. Firing costs 1, and 50 for whoever is hit. Beams are 5 cells long and 3
/// wide; agents stop them, and waste stops the cleaning beam, which turns waste into river. Waste comes with probability ½ a step, apples with
/// probability 0.05 (1 − d / 0.4) for each cell, where d is the share of the river that is waste; from d = 0.4 on neither comes.
///
/// Every rule, and the order in which random numbers are drawn, is that of the study's program: with the same random numbers both play the
/// same game step by step.
///
/// - Source: E. Hughes et al., NeurIPS 2018; the program of D. Radke et al., Dtradke/sequential_social_dilemma_games.
public struct Cleanup: StochasticGame {
    public static let actions = [
        "left", "right", "up", "down", "stay", "turn-clockwise", "turn-counterclockwise", "fire", "clean",
    ]
    static let (fire, clean) = (7, 8)
    /// Cells that an agent sees in each direction.
    public static let view = 7

    public let rules: GameRules
    public let map: CleanupMap
    public let partition: TeamPartition
    /// ASCII as in the map, with `A` for apples; without agents.
    public internal(set) var world: [UInt8]
    /// What a view shows of each cell: as `world`, and where an agent is its team's digit.
    var shown: [UInt8]
    /// The cell of each agent.
    public internal(set) var places: [Int]
    /// Up, right, down, left.
    public internal(set) var facing: [Int]
    var rewards: [Double]
    var chance = Chance(seed: 0)
    /// Steps of the episode.
    public internal(set) var step = 0
    /// Waste that was cleaned and apples that were eaten by each agent in the episode.
    public internal(set) var cleaned: [Int]
    public internal(set) var eaten: [Int]

    let applePoints: [Int]
    let riverPoints: [Int]
    let firstWastePoints: [Int]
    let firstBeginPoints: [Int]
    var wastePoints: [Int]
    var beginPoints: [Int]
    var appleChance = 0.0
    var wasteChance = 0.0
    var draws: [Double]
    var room: MoveRoom

    /// - Throws: when the map has fewer places to begin than agents.
    public init(
        _ map: CleanupMap = .study, _ partition: TeamPartition, horizon: Int = 1000
    ) throws(TeamLearningError) {
        (self.map, self.partition) = (map, partition)
        let agents = partition.agents
        let begin = map.places([UInt8(ascii: "P")])
        guard agents <= begin.count else { throw TeamLearningError(.tooManyAgents("cleanup", most: begin.count)) }
        let edge = 2 * Self.view + 1
        rules = GameRules(
            name: "cleanup", agents: agents, actions: Self.actions, tableStates: CleanupOutlook.states,
            observation: [edge, edge, CleanupOutlook.planes], horizon: horizon, rewards: [-1, 1], idleAction: 4)
        world = map.cells
        shown = map.cells
        places = [Int](repeating: 0, count: agents)
        facing = places
        (cleaned, eaten) = (places, places)
        rewards = [Double](repeating: 0, count: agents)
        applePoints = map.places([UInt8(ascii: "B")])
        riverPoints = map.places([UInt8(ascii: "H"), UInt8(ascii: "R")])
        firstWastePoints = riverPoints
        // The study's program lists each place twice; the draws depend on it.
        firstBeginPoints = begin + begin
        wastePoints = firstWastePoints
        beginPoints = firstBeginPoints
        draws = [Double](repeating: 0, count: applePoints.count + riverPoints.count)
        room = MoveRoom(agents: agents)
        reset(seed: 0)
    }

    public var isOver: Bool { step >= rules.horizon ?? .max }
    public var seats: Int { rules.agents }
    public func agent(at seat: Int) -> Int { seat }
    public func reward(at seat: Int) -> Double { rewards[seat] }

    public mutating func reset(seed: UInt64) {
        chance = Chance(seed: seed)
        (wastePoints, beginPoints) = (firstWastePoints, firstBeginPoints)
        beginEpisode()
    }

    /// Begins an episode with the random numbers that come next.
    mutating func beginEpisode() {
        step = 0
        for agent in places.indices {
            chance.shuffle(&beginPoints)
            // The last one that is free.
            var place = beginPoints[0]
            for point in beginPoints where !places[..<agent].contains(point) { place = point }
            places[agent] = place
            facing[agent] = [3, 1, 0, 2][chance.integer(below: 4)]
            rewards[agent] = 0
            (cleaned[agent], eaten[agent]) = (0, 0)
        }
        for cell in world.indices {
            let kind = map.cells[cell]
            world[cell] = kind == UInt8(ascii: "B") || kind == UInt8(ascii: "P") ? UInt8(ascii: " ") : kind
            shown[cell] = world[cell]
        }
        grow()
    }

    public mutating func play(_ actions: [Int]) {
        for agent in places.indices {
            rewards[agent] = 0
            shown[places[agent]] = world[places[agent]]
        }
        move(actions)
        for agent in places.indices where world[places[agent]] == UInt8(ascii: "A") {
            rewards[agent] += 1
            eaten[agent] += 1
            set(places[agent], UInt8(ascii: " "))
        }
        for agent in places.indices {
            if actions[agent] == Self.fire {
                rewards[agent] -= 1
                beam(agent, isCleaning: false)
            } else if actions[agent] == Self.clean {
                beam(agent, isCleaning: true)
            }
        }
        grow()
        for agent in places.indices {
            shown[places[agent]] = UInt8(ascii: "1") + UInt8(partition.team(of: agent) % 9)
        }
        step += 1
    }

    mutating func set(_ cell: Int, _ kind: UInt8) {
        world[cell] = kind
        shown[cell] = kind
    }

    /// Share of the river that is waste.
    public var wasteDensity: Double {
        if riverPoints.isEmpty { return 0 }
        var waste = 0
        for cell in riverPoints where world[cell] == UInt8(ascii: "H") { waste += 1 }
        return 1 - Double(riverPoints.count - waste) / Double(riverPoints.count)
    }
}
