/// Looks for the individual that does best on a task's validation part. The test part is only looked at for the one that is chosen.
public struct ReservoirSearch: Sendable {
    public struct Settings: Sendable, Equatable {
        public var method = SearchMethod.microbial
        /// Individuals in all.
        public var evaluations = 20
        /// Proposed before the first of them is answered. The course of the search follows from it, not from `threads`.
        public var batch = 2
        public var threads = 1
        public var seed: UInt64 = 1

        public init() {}
    }

    /// One individual and what became of it.
    public struct Entry: Sendable, Equatable {
        /// From 0, in the order of the proposals.
        public var index: Int
        public var genes: [Double]
        /// nil for one that failed.
        public var evaluation: TaskEvaluation?
        /// Why it failed.
        public var problem: String?
    }

    private let settings: Settings
    private let genes: Int

    /// - Parameter genes: of an individual.
    public init(genes: Int, _ settings: Settings) {
        precondition(settings.evaluations > 0 && settings.batch > 0 && settings.threads > 0, "a search evaluates something")
        (self.genes, self.settings) = (genes, settings)
    }

    /// - Parameters:
    ///   - evaluate: genes of an individual; called from several threads.
    ///   - note: each entry in its order; returns false to stop.
    /// - Returns: all entries, in their order.
    /// - Throws: what `note` throws; what `evaluate` throws is kept with the entry.
    public func run<Problem: Error>(
        evaluate: @Sendable ([Double]) throws -> TaskEvaluation, note: (Entry) throws(Problem) -> Bool
    ) throws(Problem) -> [Entry] {
        var strategy = settings.method.strategy(genes: genes, budget: settings.evaluations, seed: settings.seed)
        var entries: [Entry] = []
        while entries.count < settings.evaluations {
            let first = entries.count
            let batch = (first..<min(first + settings.batch, settings.evaluations)).map { index in
                Entry(index: index, genes: strategy.propose().genes)
            }
            let answered = SearchWorkers.answers(to: batch, threads: settings.threads) { entry in
                var entry = entry
                do { entry.evaluation = try evaluate(entry.genes) } catch { entry.problem = "\(error)" }
                return entry
            }
            for entry in answered.compactMap(\.self) {
                strategy.learn(error: entry.evaluation?.validation ?? .infinity, behaviour: [])
                entries.append(entry)
                guard try note(entry) else { return entries }
            }
        }
        return entries
    }

    /// The entry with the smallest validation error; of equals the first. nil when all failed.
    public static func best(_ entries: [Entry]) -> Entry? {
        entries.filter { $0.evaluation != nil }.min {
            ($0.evaluation?.validation ?? .infinity, $0.index) < ($1.evaluation?.validation ?? .infinity, $1.index)
        }
    }
}
