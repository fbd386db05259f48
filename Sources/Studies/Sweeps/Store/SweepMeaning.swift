import Foundation

/// What a sweep's results follow from. Names, comments, columns and what Slurm is asked for do not count.
struct SweepMeaning: Codable, Equatable {
    var command: [String]
    var seed: UInt64
    var options: [String]
    var isRandom: Bool
    var objective: SweepObjective?

    init(_ sweep: SweepDescription) {
        command = sweep.command
        isRandom = sweep.randomPoints != nil
        // A grid has no use for it.
        seed = isRandom ? sweep.seed : 0
        options = sweep.parameters.map(\.name)
        objective = sweep.objective
    }

    /// What differs, in the file's words.
    func differences(_ other: SweepMeaning) -> [String] {
        [
            ("“command”", command == other.command), ("“seed”", seed == other.seed || isRandom != other.isRandom),
            ("the parameters' names", options == other.options), ("“random”", isRandom == other.isRandom),
            ("“minimise” or “maximise”", objective == other.objective),
        ].filter { !$0.1 }.map(\.0)
    }
}
