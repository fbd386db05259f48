import Signals
public import TeamLearning

/// Agents in teams that turn the knobs, each with a table of values of its own.
///
/// An agent has the knobs of one film, or one knob. In a trial it turns one of its knobs, each in its turn, by one step down, not at all, or one
/// step up; a step is a twelfth of the knob's range, and the start is on the grid. It sees which knob is in turn and where that stands. Its
/// individual reward is what its film gained on the reference, less the trial's cost; it learns from its team's mean.
struct TeamTuning: TuningMethod {
    static let actions = ["down", "stay", "up"]
    /// Steps in a knob's range.
    static let steps = 12

    /// Of an agent: its knobs.
    private let knobs: [[Int]]
    private let films: [Int]
    private let partition: TeamPartition
    private let steps: [Double]
    private let start: [Double]
    private let lowest: [Int]
    private let highest: [Int]
    private let exploration: Exploration
    private let trials: Int
    private var levels: [Int]
    private var learners: [TabularQ]
    private var rewards: TeamRewards
    private var trial = 0
    private var states: [Int]
    private var chosen: [Int]

    private var counts: ActionCounts
    private var credit: CreditTally
    private var sums: [Double]

    /// - Parameters:
    ///   - agents: the knobs of each.
    ///   - trials: of the whole tuning.
    init(
        _ panel: KnobPanel, start: [Double], agents: [[Int]], _ partition: TeamPartition, _ settings: TeamTuningSettings,
        trials: Int, seed: UInt64
    ) {
        precondition(partition.agents == agents.count, "each agent is in a team")
        (knobs, self.partition, self.start, self.trials) = (agents, partition, start, trials)
        films = agents.map { $0.first.map { panel.knobs[$0].film } ?? 0 }
        let steps = panel.knobs.map { max(($0.highest - $0.lowest) / Double(Self.steps), .leastNormalMagnitude) }
        self.steps = steps
        lowest = panel.knobs.indices.map { -Int(((start[$0] - panel.knobs[$0].lowest) / steps[$0] + 1e-9).rounded(.down)) }
        highest = panel.knobs.indices.map { Int(((panel.knobs[$0].highest - start[$0]) / steps[$0] + 1e-9).rounded(.down)) }
        exploration = .linear(from: settings.exploration, to: settings.leastExploration, until: 0.7)
        levels = [Int](repeating: 0, count: panel.knobs.count)
        var chance = Chance(seed: seed)
        let most = agents.map(\.count).max() ?? 1
        let tableStates = most * (Self.steps + 1)
        learners = agents.map { _ in
            TabularQ(
                states: tableStates, actions: 3, .init(rate: settings.rate, discount: settings.discount), seed: chance.split())
        }
        rewards = TeamRewards(partition, settings.credo)
        states = [Int](repeating: 0, count: agents.count)
        chosen = states
        counts = ActionCounts(agents: agents.count, states: tableStates, actions: 3)
        credit = CreditTally(agents: agents.count, states: tableStates, actions: 3, rewards: [-0.5, 0.5])
        sums = [Double](repeating: 0, count: agents.count)
    }

    private func turned(_ agent: Int) -> Int { trial % knobs[agent].count }

    private func state(_ agent: Int) -> Int {
        let turn = turned(agent)
        let knob = knobs[agent][turn]
        return turn * (Self.steps + 1) + min(Self.steps, max(0, levels[knob] - lowest[knob]))
    }

    mutating func propose() -> [Double] {
        let rate = exploration.rate(trial, of: max(1, trials))
        for agent in knobs.indices where !knobs[agent].isEmpty {
            states[agent] = state(agent)
            chosen[agent] = learners[agent].choose(states[agent], exploration: rate)
            let knob = knobs[agent][turned(agent)]
            levels[knob] = min(highest[knob], max(lowest[knob], levels[knob] + chosen[agent] - 1))
        }
        return levels.indices.map { start[$0] + Double(levels[$0]) * steps[$0] }
    }

    mutating func learn(_ lesson: TrialLesson) {
        // Where a joint limit cut the way short, the knobs are elsewhere than their agents wanted.
        for knob in levels.indices {
            let level = Int(((lesson.set[knob] - start[knob]) / steps[knob]).rounded())
            levels[knob] = min(highest[knob], max(lowest[knob], level))
        }
        let individual = films.map { lesson.gains[$0] - lesson.cost }
        rewards.take(Array(knobs.indices), individual)
        for agent in knobs.indices where !knobs[agent].isEmpty {
            let signal = rewards.learning(agent, individual[agent])
            learners[agent].learn(states[agent], chosen[agent], reward: signal, next: state(agent))
            counts.count(agent, states[agent], chosen[agent])
            credit.count(agent, states[agent], chosen[agent], rewards.ofTeam(agent))
            sums[agent] += individual[agent]
        }
        trial += 1
    }

    /// What the agents did and how their own actions showed in their rewards.
    var measures: TeamMeasures {
        TeamMeasures(counts, credit, rewards: sums, turns: [Int](repeating: trial, count: knobs.count), more: [:])
    }

    /// Of each agent, in its own words.
    var credits: [Double] { knobs.indices.map { credit.signalToNoise(of: $0) } }
}

/// How agents learn a rig.
public struct TeamTuningSettings: Sendable, Equatable, Codable {
    public var rate = 0.3
    public var discount = 0.5
    /// At the begin and in the end: how often an agent tries something.
    public var exploration = 0.6
    public var leastExploration = 0.05
    public var credo = Credo.team

    public init() {}
}
