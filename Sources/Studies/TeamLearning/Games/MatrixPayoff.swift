/// What the first player gets in a symmetric game of two players with two actions.
public struct MatrixPayoff: Sendable, Codable, Equatable {
    public var name: String
    /// Names of the two actions.
    public var actions: [String]
    /// Shape [own action, other's action].
    public var values: [[Double]]

    public init(name: String, actions: [String], values: [[Double]]) {
        precondition(actions.count == 2 && values.count == 2 && values.allSatisfy { $0.count == 2 }, "two actions")
        (self.name, self.actions, self.values) = (name, actions, values)
    }

    /// The prisoner's dilemma as giving: who cooperates pays `cost`, and the other gets `benefit`.
    public static func donation(benefit: Double = 5, cost: Double = 1) -> MatrixPayoff {
        MatrixPayoff(
            name: "donation", actions: ["cooperate", "defect"], values: [[benefit - cost, -cost], [benefit, 0]])
    }

    /// The prisoner's dilemma with the usual numbers.
    public static let prisonersDilemma = MatrixPayoff(
        name: "prisoners-dilemma", actions: ["cooperate", "defect"], values: [[3, 0], [5, 1]])

    public static let stagHunt = MatrixPayoff(name: "stag-hunt", actions: ["stag", "hare"], values: [[4, 1], [3, 2]])

    /// A value of `value` that two may fight over; a lost fight costs `cost`.
    public static func hawkDove(value: Double = 1, cost: Double = 5) -> MatrixPayoff {
        MatrixPayoff(name: "hawk-dove", actions: ["hawk", "dove"], values: [[(value - cost) / 2, value], [0, value / 2]])
    }

    /// Who swerves loses `loss` to one who does not; two who do not lose `crash` each.
    public static func chicken(loss: Double = 1, crash: Double = 5) -> MatrixPayoff {
        MatrixPayoff(name: "chicken", actions: ["swerve", "straight"], values: [[0, -loss], [loss, -crash]])
    }

    /// With the study's numbers: benefit 5, cost 1.
    public static let all = [donation(), prisonersDilemma, stagHunt, hawkDove(), chicken()]
}
