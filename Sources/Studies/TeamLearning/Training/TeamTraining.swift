/// Agents in teams that learn a game, each with a learner of its own.
///
/// The same game, teams, settings and seed give the same training. It may be stored between two steps (it is `Codable`) and goes on from there
/// with the same bytes. A step allocates nothing, but for difference rewards, which play copies of the game.
public struct TeamTraining<Game: StochasticGame>: Sendable, Codable {
    public let settings: TrainingSettings
    public let partition: TeamPartition
    public let seed: UInt64
    public private(set) var game: Game
    public private(set) var learners: [TabularQ]
    /// Steps that were played.
    public private(set) var step = 0
    /// Mean reward of a seat in each hundredth of the training.
    public private(set) var course: [Double] = []

    private var episodes: Chance
    private var rewards: TeamRewards
    private var counts: ActionCounts
    private var credit: CreditTally
    private var rewardSums: [Double]
    private var turns: [Int]
    private var piece = (sum: 0.0, count: 0)

    // Of the present step.
    private var agents: [Int] = []
    private var states: [Int] = []
    private var actions: [Int] = []
    private var individual: [Double] = []
    private var signals: [Double] = []

    /// - Precondition: a partition of the game's agents.
    public init(_ game: Game, _ partition: TeamPartition, _ settings: TrainingSettings, seed: UInt64) {
        let rules = game.rules
        precondition(partition.agents == rules.agents, "each agent is in a team")
        (self.game, self.partition, self.settings, self.seed) = (game, partition, settings, seed)
        var seeds = Chance(seed: seed)
        episodes = Chance(seed: seeds.split())
        learners = (0..<rules.agents).map { _ in
            TabularQ(states: rules.tableStates, actions: rules.actions.count, settings.learner, seed: seeds.split())
        }
        rewards = TeamRewards(partition, settings.credo)
        counts = ActionCounts(agents: rules.agents, states: rules.tableStates, actions: rules.actions.count)
        credit = CreditTally(
            agents: rules.agents, states: rules.tableStates, actions: rules.actions.count, rewards: rules.rewards)
        rewardSums = [Double](repeating: 0, count: rules.agents)
        turns = [Int](repeating: 0, count: rules.agents)
        self.game.reset(seed: episodes.split())
    }

    public var isDone: Bool { step >= settings.steps }

    /// Plays on, up to the training's end.
    /// - Parameter most: steps to play at most.
    public mutating func advance(_ most: Int = .max) {
        let end = min(settings.steps, most < settings.steps - step ? step + most : settings.steps)
        if agents.count != game.seats { makeRoom() }
        let hundredth = max(1, settings.steps / 100)
        let firstMeasured = settings.firstMeasured
        while step < end {
            if game.isOver { game.reset(seed: episodes.split()) }
            play(exploration: settings.exploration.rate(step, of: settings.steps), isMeasured: step >= firstMeasured)
            step += 1
            if step % hundredth == 0 {
                course.append(piece.count == 0 ? 0 : piece.sum / Double(piece.count))
                piece = (0, 0)
            }
        }
    }

    private mutating func makeRoom() {
        agents = [Int](repeating: 0, count: game.seats)
        (states, actions) = (agents, agents)
        individual = [Double](repeating: 0, count: game.seats)
        signals = individual
    }

    private mutating func play(exploration: Double, isMeasured: Bool) {
        for seat in agents.indices {
            let agent = game.agent(at: seat)
            let state = game.state(at: seat)
            agents[seat] = agent
            states[seat] = state
            actions[seat] = learners[agent].choose(state, exploration: exploration)
        }
        if settings.signal == .difference { playDifference() } else { playCredo() }
        let isEnd = game.isOver && game.rules.endIsFinal
        for seat in agents.indices {
            let agent = agents[seat]
            let next = isEnd ? nil : game.successor(at: seat)
            learners[agent].learn(states[seat], actions[seat], reward: signals[seat], next: next)
            piece.sum += individual[seat]
        }
        piece.count += agents.count
        if isMeasured { measure() }
    }

    private mutating func playCredo() {
        game.play(actions)
        for seat in agents.indices { individual[seat] = game.reward(at: seat) }
        rewards.take(agents, individual)
        for seat in agents.indices { signals[seat] = rewards.learning(agents[seat], individual[seat]) }
    }

    /// - Source: D. Wolpert, K. Tumer, "Optimal payoff functions for members of collectives", Adv. Complex Syst. 4 (2001) 265. Of this step
    ///   only; what an action does to later ones is left to the learner.
    private mutating func playDifference() {
        let before = game
        playCredo()
        let idle = game.rules.idleAction
        var others = individual
        for seat in agents.indices {
            var imagined = before
            var instead = actions
            instead[seat] = idle
            imagined.play(instead)
            for other in others.indices { others[other] = imagined.reward(at: other) }
            var without = rewards
            without.take(agents, others)
            signals[seat] = rewards.ofTeam(agents[seat]) - without.ofTeam(agents[seat])
        }
    }

    private mutating func measure() {
        for seat in agents.indices {
            let agent = agents[seat]
            counts.count(agent, states[seat], actions[seat])
            credit.count(agent, states[seat], actions[seat], rewards.ofTeam(agent))
            rewardSums[agent] += individual[seat]
            turns[agent] += 1
        }
    }

    /// Of the steps that were measured so far.
    public var measures: TeamMeasures {
        TeamMeasures(counts, credit, rewards: rewardSums, turns: turns, more: game.measures(counts))
    }

    private enum CodingKeys: String, CodingKey {
        case settings, partition, seed, game, learners, step, course, episodes, rewards, counts, credit, rewardSums, turns
        case pieceSum, pieceCount
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        settings = try values.decode(TrainingSettings.self, forKey: .settings)
        partition = try values.decode(TeamPartition.self, forKey: .partition)
        seed = try values.decode(UInt64.self, forKey: .seed)
        game = try values.decode(Game.self, forKey: .game)
        learners = try values.decode([TabularQ].self, forKey: .learners)
        step = try values.decode(Int.self, forKey: .step)
        course = try values.decode([Double].self, forKey: .course)
        episodes = try values.decode(Chance.self, forKey: .episodes)
        rewards = try values.decode(TeamRewards.self, forKey: .rewards)
        counts = try values.decode(ActionCounts.self, forKey: .counts)
        credit = try values.decode(CreditTally.self, forKey: .credit)
        rewardSums = try values.decode([Double].self, forKey: .rewardSums)
        turns = try values.decode([Int].self, forKey: .turns)
        piece = (try values.decode(Double.self, forKey: .pieceSum), try values.decode(Int.self, forKey: .pieceCount))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(settings, forKey: .settings)
        try values.encode(partition, forKey: .partition)
        try values.encode(seed, forKey: .seed)
        try values.encode(game, forKey: .game)
        try values.encode(learners, forKey: .learners)
        try values.encode(step, forKey: .step)
        try values.encode(course, forKey: .course)
        try values.encode(episodes, forKey: .episodes)
        try values.encode(rewards, forKey: .rewards)
        try values.encode(counts, forKey: .counts)
        try values.encode(credit, forKey: .credit)
        try values.encode(rewardSums, forKey: .rewardSums)
        try values.encode(turns, forKey: .turns)
        try values.encode(piece.sum, forKey: .pieceSum)
        try values.encode(piece.count, forKey: .pieceCount)
    }
}
