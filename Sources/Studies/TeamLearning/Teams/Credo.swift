/// How much an agent cares for itself, for its team and for all: the weights of its learning reward.
///
/// - Source: D. Radke, K. Larson, T. Brecht, arXiv 2204.07471. The study of teams has (0, 1, 0).
public struct Credo: Sendable, Codable, Equatable {
    public let own: Double
    public let team: Double
    public let system: Double

    /// - Throws: unless all are 0 or more, and their sum is 1.
    public init(own: Double, team: Double, system: Double) throws(TeamLearningError) {
        let weights = [own, team, system]
        guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }), abs(own + team + system - 1) < 1e-9 else {
            throw TeamLearningError(.noCredo(weights))
        }
        (self.own, self.team, self.system) = (own, team, system)
    }

    private init(_ own: Double, _ team: Double, _ system: Double) { (self.own, self.team, self.system) = (own, team, system) }

    /// "0,1,0": self, team, system.
    public init(_ text: String) throws(TeamLearningError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 3, let own = parts[0], let team = parts[1], let system = parts[2] else {
            throw TeamLearningError(.noCredo(parts.compactMap(\.self)))
        }
        try self.init(own: own, team: team, system: system)
    }

    public static let selfish = Credo(1, 0, 0)
    public static let team = Credo(0, 1, 0)
    public static let system = Credo(0, 0, 1)
}
