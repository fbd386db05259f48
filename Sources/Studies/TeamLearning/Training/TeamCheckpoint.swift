import Crypto
import Foundation
import Failures

/// A training as bytes, to go on with: a line with the form's name and a hash, then JSON.
///
/// The hash tells a damaged file from a whole one; a training that was read goes on with the same bytes as the one that was written.
public enum TeamCheckpoint {
    static let head = "larmor-team-training 1 "

    public static func bytes<Game>(_ training: TeamTraining<Game>) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let body = try encoder.encode(training)
        return Array((head + hash(body) + "\n").utf8) + body
    }

    /// - Parameters:
    ///   - game, partition, settings, seed: of the training that shall go on; another one's bytes are refused.
    public static func training<Game: StochasticGame>(
        _ bytes: [UInt8], of game: Game, _ partition: TeamPartition, _ settings: TrainingSettings, seed: UInt64
    ) throws -> TeamTraining<Game> {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")), end < 200 else { throw bad("it has no first line") }
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        guard line.hasPrefix(head) else { throw bad("it begins with something else than \(head)") }
        let body = Data(bytes[(end + 1)...])
        guard line.dropFirst(head.count) == hash(body) else {
            throw bad("its hash is not that of its first line: it was cut or changed")
        }
        let found: TeamTraining<Game>
        do {
            found = try JSONDecoder().decode(TeamTraining<Game>.self, from: body)
        } catch {
            throw bad("\(DecodingFault(error))")
        }
        guard found.settings == settings, found.partition == partition, found.seed == seed, found.game.rules == game.rules
        else { throw TeamLearningError(.otherTraining) }
        return found
    }

    private static func hash(_ body: Data) -> String {
        SHA256.hash(data: body).map { String(format: "%02x", $0) }.joined()
    }

    private static func bad(_ why: String) -> TeamLearningError { TeamLearningError(.badCheckpoint(why)) }
}
