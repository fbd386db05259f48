import Dispatch
import Foundation
import Outputs
import Synchronization

/// A game learned by teams of several kinds, over several seeds.
public struct TeamStudy: Sendable {
    /// What became of one kind of teams.
    public struct Outcome: Sendable, Equatable {
        /// As it was asked for: "3x2", or a file's name.
        public var label: String
        public var partition: TeamPartition
        /// Of each seed, in their order.
        public var runs: [TeamMeasures]
        /// Mean reward in each hundredth of the training, shape `[seeds][100]`.
        public var courses: [[Double]]

        public var reward: SeedInterval { interval(\.reward) }
        public var specialisation: SeedInterval { interval(\.specialisation) }
        public var policyEntropy: SeedInterval { interval(\.policyEntropy) }
        public var creditSignalToNoise: SeedInterval { interval(\.creditSignalToNoise) }
        public var information: SeedInterval { interval(\.information) }
        /// Over the seeds that have one; nil where none has.
        public var equality: SeedInterval? {
            let values = runs.compactMap(\.equality)
            return values.isEmpty ? nil : SeedInterval(values)
        }

        public func interval(_ value: (TeamMeasures) -> Double) -> SeedInterval { SeedInterval(runs.map(value)) }

        /// Of the game's own measures, those that every seed has.
        public var more: [String: SeedInterval] {
            let names = runs.first.map { Array($0.more.keys) } ?? []
            return Dictionary(
                uniqueKeysWithValues: names.compactMap { name in
                    let values = runs.compactMap { $0.more[name] }
                    return values.count == runs.count ? (name, SeedInterval(values)) : nil
                })
        }
    }

    public let game: TeamGame
    public var settings: TrainingSettings
    public var seeds: [UInt64]
    public var threads: Int

    /// - Precondition: at least one seed.
    public init(_ game: TeamGame, _ settings: TrainingSettings, seeds: [UInt64], threads: Int = 1) {
        precondition(!seeds.isEmpty, "a study has seeds")
        (self.game, self.settings, self.seeds, self.threads) = (game, settings, seeds, threads)
    }

    /// - Parameters:
    ///   - label: how the outcome is called.
    ///   - folder: where trainings are kept, and gone on with to the same bytes.
    ///   - note: called now and then in each seed's run, from several threads; returns false to stop.
    /// - Returns: nil when it was stopped.
    /// - Throws: a ``TeamLearningError`` for teams that the game cannot have and for a stored training that cannot go on, `OutputError`.
    public func outcome(
        _ label: String, _ partition: TeamPartition, in folder: TrainingFolder? = nil,
        note: @escaping @Sendable () -> Bool = { true }
    ) throws -> Outcome? {
        let found = Mutex([Result<(TeamMeasures, [Double])?, any Error>?](repeating: nil, count: seeds.count))
        let next = Mutex(0)
        let isStopped = Mutex(false)
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, seeds.count))) { _ in
            while !isStopped.withLock(\.self) {
                let place = next.withLock { place in
                    defer { place += 1 }
                    return place
                }
                guard place < seeds.count else { return }
                let file = folder?.file("\(label)-\(partition.text)", seed: seeds[place])
                var run = Run(partition: partition, settings: settings, seed: seeds[place], file: file, goesOn: note)
                let result = Result { try game.visit(partition, &run) }
                found.withLock { $0[place] = result }
                if !note() { isStopped.withLock { $0 = true } }
            }
        }
        let runs = try found.withLock(\.self).compactMap { try $0?.get() }
        guard runs.count == seeds.count else { return nil }
        return Outcome(label: label, partition: partition, runs: runs.map(\.0), courses: runs.map(\.1))
    }

    private struct Run: TeamGame.Visitor {
        let partition: TeamPartition
        let settings: TrainingSettings
        let seed: UInt64
        let file: String?
        let goesOn: @Sendable () -> Bool

        /// - Returns: nil when it was stopped.
        mutating func visit<Game: StochasticGame>(_ game: Game) throws -> (TeamMeasures, [Double])? {
            var training = TeamTraining(game, partition, settings, seed: seed)
            if let file, let bytes = FileManager.default.contents(atPath: file) {
                training = try TeamCheckpoint.training(Array(bytes), of: game, partition, settings, seed: seed)
            }
            let piece = max(1, settings.steps / TrainingFolder.pieces)
            while !training.isDone {
                training.advance(piece)
                if let file { try OutputFile.write(TeamCheckpoint.bytes(training), to: file) }
                if !training.isDone, !goesOn() { return nil }
            }
            return (training.measures, training.course)
        }
    }
}

/// A folder in which trainings are kept while they run, one file for each kind of teams and seed.
public struct TrainingFolder: Sendable {
    public let path: String
    /// How often a training is written.
    static let pieces = 20

    /// Makes the folder.
    /// - Throws: `OutputError`.
    public init(_ path: String) throws {
        self.path = path
        try OutputPlace.checkOutputFolder(path, files: [])
    }

    func file(_ label: String, seed: UInt64) -> String {
        let name = label.map { $0.isLetter || $0.isNumber ? $0 : "-" }
        return "\(path)/\(String(name))-\(seed).training"
    }
}
