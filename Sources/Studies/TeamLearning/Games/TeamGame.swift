/// A game that is known by a name.
public enum TeamGame: Sendable, Equatable {
    /// Pairs that play a game of two actions.
    case matrix(MatrixPayoff)
    case miniCleanup
    case cleanup(CleanupMap)

    /// Names in the order in which they are listed, each with a line of what it is.
    public static let all: [(name: String, game: TeamGame, about: String)] =
        [
            ("mini-cleanup", .miniCleanup, "24 agents harvest, or clean for all; the smallest game in which team size matters"),
            ("cleanup", .cleanup(.study), "6 agents on the study's map of 25 by 18 cells"),
            ("cleanup-small", .cleanup(.small), "the same rules on 10 by 10 cells"),
        ]
        + MatrixPayoff.all.map { payoff in
            let name = payoff.name == "donation" ? "ipd" : payoff.name
            let about = payoff.name == "donation" ? "prisoner's dilemma as giving: benefit 5, cost 1" : "pairs"
            return (name, .matrix(payoff), about)
        }

    /// - Throws: for a name that no game has.
    public init(named name: String) throws(TeamLearningError) {
        guard let found = Self.all.first(where: { $0.name == name || (name == "donation" && $0.name == "ipd") }) else {
            throw TeamLearningError(.unknownGame(name, known: Self.all.map(\.name)))
        }
        self = found.game
    }

    /// Agents where nobody says how many.
    public var standardAgents: Int {
        switch self {
        case .matrix: 20
        case .miniCleanup: 24
        case .cleanup: 6
        }
    }

    /// Teams that are compared where nobody says which.
    public var standardTeams: [String] {
        switch self {
        case .matrix: ["20x1", "10x2", "4x5", "2x10", "1x20"]
        case .miniCleanup: ["24x1", "12x2", "8x3", "6x4", "4x6", "3x8", "2x12", "1x24"]
        case .cleanup: ["6x1", "3x2", "2x3", "1x6"]
        }
    }

    /// Steps, learner and exploration with which the game is usually learned by tables.
    public var standardTraining: TrainingSettings {
        switch self {
        // The study's exploration; a rate at which 12,000 meetings are enough.
        case .matrix:
            TrainingSettings(
                steps: 12_000, learner: .init(rate: 0.05, discount: 0),
                exploration: .decay(from: 0.99, factor: 0.9999, least: 0.05))
        case .miniCleanup:
            TrainingSettings(
                steps: 20_000, learner: .init(rate: 0.1, discount: 0.9), exploration: .linear(from: 1, to: 0.02, until: 0.6))
        case .cleanup:
            TrainingSettings(
                steps: 200_000, learner: .init(rate: 0.1, discount: 0.97), exploration: .linear(from: 1, to: 0.05, until: 0.6))
        }
    }

    /// What is done with a game whose type is known.
    package protocol Visitor {
        associatedtype Result
        mutating func visit<Game: StochasticGame>(_ game: Game) throws -> Result
    }

    /// Makes the game for these teams.
    package func visit<V: Visitor>(_ partition: TeamPartition, _ visitor: inout V) throws -> V.Result {
        switch self {
        case .matrix(let payoff):
            guard partition.agents > 1 else { throw TeamLearningError(.tooFewAgents(payoff.name, least: 2)) }
            return try visitor.visit(MatrixGame(payoff, partition))
        case .miniCleanup: return try visitor.visit(MiniCleanup(agents: partition.agents))
        case .cleanup(let map): return try visitor.visit(Cleanup(map, partition))
        }
    }
}

extension TeamGame {
    /// The rules for these teams.
    /// - Throws: a ``TeamLearningError`` for teams that the game cannot have.
    public func rules(_ partition: TeamPartition) throws -> GameRules {
        var reader = RulesReader()
        return try visit(partition, &reader)
    }

    private struct RulesReader: Visitor {
        mutating func visit<Game: StochasticGame>(_ game: Game) throws -> GameRules { game.rules }
    }
}
