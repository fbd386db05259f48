/// How agents learn in a game.
public struct TrainingSettings: Sendable, Codable, Equatable {
    /// What an agent's learning reward is made of.
    public enum Signal: String, Sendable, Codable, CaseIterable {
        /// By the credo's weights.
        case credo
        /// What the team's reward of this step would have lacked, had the agent been idle.
        case difference
    }

    public var steps: Int
    public var learner: TabularQ.Settings
    public var exploration: Exploration
    public var credo = Credo.team
    public var signal = Signal.credo
    /// The share at the end of the training that is measured.
    public var measured = 0.25

    public init(steps: Int, learner: TabularQ.Settings, exploration: Exploration) {
        (self.steps, self.learner, self.exploration) = (steps, learner, exploration)
    }

    /// The first step that is measured.
    var firstMeasured: Int { steps - Int((Double(steps) * measured).rounded()) }
}
