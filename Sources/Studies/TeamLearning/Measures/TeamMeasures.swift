/// What a run's last part showed.
public struct TeamMeasures: Sendable, Codable, Equatable {
    /// Mean individual reward of a seat and step.
    public var reward: Double
    /// Shape `[agents]`: mean reward of each agent in a step in which it acted.
    public var agentRewards: [Double]
    /// 1 − Gini of the agents' rewards; nil where somebody lost more than it got.
    public var equality: Double?
    /// Shape `[agents][actions]`: share of each action.
    public var roles: [[Double]]
    /// 0 where all agents do the same, 1 where each does one thing and all things are done equally (``Roles/specialisation(_:)``).
    public var specialisation: Double
    /// In nats, of the action in a known state.
    public var policyEntropy: Double
    /// ``CreditTally/signalToNoise``.
    public var creditSignalToNoise: Double
    /// Between own action and team reward, in nats.
    public var information: Double
    /// The game's own, as "cooperate_within".
    public var more: [String: Double]

    package init(_ counts: ActionCounts, _ credit: CreditTally, rewards: [Double], turns: [Int], more: [String: Double]) {
        let all = turns.reduce(0, +)
        reward = all == 0 ? 0 : rewards.reduce(0, +) / Double(all)
        agentRewards = zip(rewards, turns).map { $1 == 0 ? 0 : $0 / Double($1) }
        equality = Roles.equality(agentRewards)
        roles = counts.roles
        specialisation = Roles.specialisation(roles)
        policyEntropy = counts.policyEntropy
        creditSignalToNoise = credit.signalToNoise
        information = credit.information
        self.more = more
    }
}
