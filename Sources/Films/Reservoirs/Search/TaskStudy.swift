public import Failures

/// One task, several seeds: for each the task is drawn anew, a family is searched, and the one that did best on the validation is judged.
public struct TaskStudy: Sendable {
    /// What one seed gave.
    public struct Outcome: Sendable, Equatable {
        public var seed: UInt64
        /// The one that was chosen.
        public var genes: [Double]
        public var evaluation: TaskEvaluation
        /// The same individual with the founding study's normalisation, where it was asked for.
        public var leaking: TaskEvaluation?
        /// Individuals that failed.
        public var failed: Int
    }

    /// All individuals of a search failed.
    public struct NoIndividual: Failure, Equatable {
        /// Of the first of them.
        public var problem: String
        public var kind: FailureKind { .badInput }
        public var description: String { problem }
    }

    public let task: ReservoirTask
    public let length: Int?
    public let series: [Double]
    public var settings = TaskEvaluation.Settings()
    public var search = ReservoirSearch.Settings()
    /// Whether the chosen ones are also judged as the founding study judged.
    public var addsStudy = false

    public init(_ task: ReservoirTask, length: Int? = nil, series: [Double] = []) {
        (self.task, self.length, self.series) = (task, length, series)
    }

    /// - Parameters:
    ///   - note: after each individual; returns false to stop.
    /// - Returns: nil when it was stopped.
    /// - Throws: ``TaskFailure``, ``NoIndividual``, the `TransportError` of a device that is lost or forgot a frame, and what `note` throws.
    public func run(
        _ family: any ReservoirFamily, seed: UInt64, note: (ReservoirSearch.Entry) throws -> Bool
    ) throws -> Outcome? {
        let data = try task.data(seed: seed, length: length, series: series)
        var search = search
        search.seed = seed
        // Without genes they are all the same.
        if family.genes.isEmpty { search.evaluations = 1 }
        var isStopped = false
        let entries = try ReservoirSearch(genes: family.genes.count, search).run(
            evaluate: { genes in try family.evaluate(genes, task, data, settings: settings) },
            note: { entry in
                if let failure = (family as? DeviceFamily)?.failure { throw failure }
                isStopped = try !note(entry)
                return !isStopped
            })
        guard !isStopped else { return nil }
        guard let best = ReservoirSearch.best(entries), let evaluation = best.evaluation else {
            throw NoIndividual(problem: entries.lazy.compactMap(\.problem).first ?? "no individual was evaluated")
        }
        var leaking: TaskEvaluation?
        if addsStudy {
            var settings = settings
            (settings.normalisation, settings.selection) = (.study, .validation)
            leaking = try family.evaluate(best.genes, task, data, settings: settings)
        }
        return Outcome(
            seed: seed, genes: best.genes, evaluation: evaluation, leaking: leaking,
            failed: entries.count { $0.evaluation == nil })
    }
}
