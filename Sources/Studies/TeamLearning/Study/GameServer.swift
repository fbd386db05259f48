import Foundation
import Failures

/// A game behind lines of JSON, for programs in other languages (PettingZoo's parallel interface, for one).
///
/// | request | answer |
/// |---|---|
/// | `{"describe": true}` | `{"name", "agents": […], "actions": […], "observation": [shape]}` |
/// | `{"reset": SEED}` | `{"observations": [[…], …], "over": false}` |
/// | `{"actions": [3, 0, …]}` | `{"observations", "rewards": […], "over"}`; rewards are individual |
///
/// A request that is not understood is answered by `{"error": "…"}` and changes nothing. Agents are the game's seats, in their order.
public struct GameServer<Game: StochasticGame>: Sendable {
    private var game: Game
    private var isBegun = false

    public init(_ game: Game) { self.game = game }

    private struct Request: Decodable {
        var describe: Bool?
        var reset: UInt64?
        var actions: [Int]?
    }

    private struct Description: Encodable {
        var name: String
        var agents: [String]
        var actions: [String]
        var observation: [Int]
    }

    private struct Answer: Encodable {
        var observations: [[Float]]
        var rewards: [Double]?
        var over: Bool
    }

    /// - Returns: the answer, one line without its end.
    public mutating func answer(_ line: String) -> String {
        do {
            return try text(answer(to: line))
        } catch {
            let message = (error as? TeamLearningError) ?? TeamLearningError(.badRequest("\(DecodingFault(error))"))
            return (try? text(["error": message.description])) ?? "{\"error\":\"\"}"
        }
    }

    private func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private mutating func answer(to line: String) throws -> any Encodable {
        let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
        if let seed = request.reset {
            game.reset(seed: seed)
            isBegun = true
            return Answer(observations: observations, over: game.isOver)
        }
        if let actions = request.actions {
            guard isBegun, !game.isOver else { throw TeamLearningError(.badRequest("the game has not begun; reset it")) }
            guard actions.count == game.seats, actions.allSatisfy({ game.rules.actions.indices.contains($0) }) else {
                throw TeamLearningError(
                    .badRequest("expected \(game.seats) actions, each 0 to \(game.rules.actions.count - 1)"))
            }
            game.play(actions)
            return Answer(
                observations: observations, rewards: (0..<game.seats).map { game.reward(at: $0) }, over: game.isOver)
        }
        if request.describe == true {
            let rules = game.rules
            let names =
                game.seats == rules.agents ? rules.agentNames : (0..<game.seats).map { "seat-\($0)" }
            return Description(name: rules.name, agents: names, actions: rules.actions, observation: rules.observation)
        }
        throw TeamLearningError(.badRequest("expected describe, reset or actions"))
    }

    private var observations: [[Float]] {
        var values = [Float](repeating: 0, count: game.rules.observation.reduce(1, *))
        return (0..<game.seats).map { seat in
            game.observe(seat, into: &values)
            return values
        }
    }
}

extension TeamGame {
    /// Serves the game: each line of `next` is answered by `write`.
    public func serve(_ partition: TeamPartition, next: () -> String?, write: (String) -> Void) throws {
        try withoutActuallyEscaping(next) { next in
            try withoutActuallyEscaping(write) { write in
                var visitor = Service(next: next, write: write)
                try visit(partition, &visitor)
            }
        }
    }

    private struct Service: Visitor {
        let next: () -> String?
        let write: (String) -> Void

        mutating func visit<Game: StochasticGame>(_ game: Game) throws {
            var server = GameServer(game)
            while let line = next() { write(server.answer(line)) }
        }
    }
}
