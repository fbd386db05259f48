/// A game of several agents that act at once, step by step.
///
/// A step has **seats**: places at which an agent acts once. In most games each agent has one seat, of its own number. Where agents meet
/// in pairs, one that is met twice in a step has two. Rewards are individual; what teams make of them is no matter of the game.
///
/// A game is a value: a copy goes on as the original does, with the same random numbers. The same seed gives the same game.
public protocol StochasticGame: Sendable, Codable {
    /// What does not change during a game.
    var rules: GameRules { get }

    /// Whether the episode has ended; then only ``reset(seed:)`` goes on.
    var isOver: Bool { get }

    /// Begins an episode.
    mutating func reset(seed: UInt64)

    /// Seats of this step.
    var seats: Int { get }

    /// The agent at a seat, 0 ..< ``GameRules/agents``.
    func agent(at seat: Int) -> Int

    /// What a table of values knows of the step, 0 ..< ``GameRules/tableStates``.
    func state(at seat: Int) -> Int

    /// What a network knows of the step: values about 0 to 1, shape ``GameRules/observation``.
    func observe(_ seat: Int, into values: inout [Float])

    /// Plays one step.
    /// - Parameter actions: one for each seat, 0 ..< `rules.actions.count`.
    mutating func play(_ actions: [Int])

    /// Of the last step, at a seat of that step.
    func reward(at seat: Int) -> Double

    /// The state that the last step led the agent at a seat of that step to.
    func successor(at seat: Int) -> Int

    /// Numbers of the game's own that a run reports beside the measures that all games have, from shares of actions.
    func measures(_ counts: ActionCounts) -> [String: Double]
}

extension StochasticGame {
    public func successor(at seat: Int) -> Int { state(at: seat) }
    public func measures(_ counts: ActionCounts) -> [String: Double] { [:] }
}

/// What does not change during a game.
public struct GameRules: Sendable, Codable, Equatable {
    public var name: String
    public var agents: Int
    /// Names of the actions, in their order.
    public var actions: [String]
    /// How many states a table of values tells apart.
    public var tableStates: Int
    /// Shape of an observation.
    public var observation: [Int]
    /// Steps of an episode; nil for a game that does not end by itself.
    public var horizon: Int?
    /// Whether an episode's end is the end of all rewards, and no mere break.
    public var endIsFinal: Bool
    /// Where the rewards of a step usually are: smallest and largest.
    public var rewards: [Double]
    /// What an agent does that does nothing: for difference rewards.
    public var idleAction: Int
    /// The device of each agent, where agents belong to devices; else empty.
    public var devices: [String]
    /// What kind of knob each agent turns, where there are kinds; else empty.
    public var kinds: [String]

    public init(
        name: String, agents: Int, actions: [String], tableStates: Int, observation: [Int], horizon: Int? = nil,
        endIsFinal: Bool = false, rewards: [Double], idleAction: Int = 0, devices: [String] = [], kinds: [String] = []
    ) {
        self.name = name
        self.agents = agents
        self.actions = actions
        self.tableStates = tableStates
        self.observation = observation
        self.horizon = horizon
        self.endIsFinal = endIsFinal
        self.rewards = rewards
        self.idleAction = idleAction
        self.devices = devices
        self.kinds = kinds
    }

    /// Names of the agents, in their order.
    public var agentNames: [String] { (0..<agents).map { "agent-\($0)" } }
}
