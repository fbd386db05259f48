public import Failures

/// Teams, games or trainings that cannot be: what was expected, what was found, what to do.
public struct TeamLearningError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        case unknownGame(String, known: [String])
        case notTeams(String)
        case noLabels(String)
        case otherCount(String, agents: Int, expected: Int)
        case noCredo([Double])
        case tooFewAgents(String, least: Int)
        case tooManyAgents(String, most: Int)
        /// A map with a character that is none of its own, or without a needed one.
        case badMap(String)
        /// A stored training that cannot be read.
        case badCheckpoint(String)
        /// A stored training of other settings.
        case otherTraining
        /// A request to a served game that it does not understand.
        case badRequest(String)
    }

    public var reason: Reason

    public init(_ reason: Reason) { self.reason = reason }

    public var kind: FailureKind {
        switch reason {
        case .unknownGame, .notTeams, .noLabels, .otherCount, .noCredo, .tooFewAgents, .tooManyAgents: .usage
        case .badMap, .badCheckpoint, .otherTraining, .badRequest: .badInput
        }
    }

    public var description: String {
        switch reason {
        case .unknownGame(let name, let known):
            "no game is named “\(name)”; there is \(known.joined(separator: ", "))"
        case .notTeams(let text):
            "“\(text)” says no teams; expected teams x size as 3x2, solo, all, device, kind, or a team file that ends in .toml"
        case .noLabels(let text): "this game's agents have no \(text); say teams x size as 3x2, solo or all"
        case .otherCount(let text, let agents, let expected):
            "\(text) are \(agents) agents, and the game has \(expected); choose teams whose sizes add up to \(expected)"
        case .noCredo(let weights):
            "credo weights are self,team,system, each 0 to 1, with a sum of 1; found \(weights.map { "\($0)" }.joined(separator: ","))"
        case .tooFewAgents(let game, let least): "\(game) needs at least \(least) agents"
        case .tooManyAgents(let game, let most): "\(game) has places for \(most) agents; take fewer"
        case .badMap(let why): "the map cannot be played on: \(why)"
        case .badCheckpoint(let why): "the stored training cannot be read: \(why); begin anew"
        case .otherTraining: "the stored training has other settings; begin anew, or take the settings that it began with"
        case .badRequest(let why): "the request is not understood: \(why)"
        }
    }
}
