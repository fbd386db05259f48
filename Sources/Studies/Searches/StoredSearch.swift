import Reservoirs

/// Runs a search whose individuals are kept in a store, or goes on with it.
///
/// The strategy begins anew each time and is told what is in the store, so that it comes to where it was: nothing of it is stored.
public struct StoredSearch: Sendable {
    /// How far it is.
    public struct Progress: Sendable {
        /// That have ended, and all that were asked for.
        public var ended: Int
        public var all: Int
        /// That the store had when it began.
        public var before: Int
        public var failed: Int
        /// The best so far.
        public var best: SearchIndividual?
        public var archived: Int
        /// Cells of the space of behaviours that were reached.
        public var coverage: Int
    }

    private let store: SearchStore
    private let bench: IndividualBench
    private let threads: Int

    public init(_ store: SearchStore, _ bench: IndividualBench, threads: Int) {
        precondition(threads > 0, "somebody has to do the work")
        (self.store, self.bench, self.threads) = (store, bench, threads)
    }

    /// - Parameters:
    ///   - isStopped: asked before each individual, from several threads.
    ///   - progress: after each batch.
    /// - Throws: ``SearchError``, and what is no fault of an individual's. The store keeps all that have ended.
    public func run(isStopped: @escaping @Sendable () -> Bool, progress: (Progress) -> Void = { _ in }) throws {
        let summary = try store.summary()
        let (description, evaluations) = (summary.description, summary.evaluations)
        let genes = bench.family.genes.count
        var strategy = description.strategy(genes: genes)
        let stored = try store.individuals()
        var known = Dictionary(stored.map { ($0.number, $0) }) { first, _ in first }
        var tally = SearchTally()
        var next = 1
        while next <= evaluations, !isStopped() {
            let batch = (next..<min(next + description.batch, evaluations + 1)).map { ($0, strategy.propose()) }
            var waiting: [(number: Int, proposal: SearchProposal)] = []
            for (number, proposal) in batch {
                guard let individual = known[number] else {
                    waiting.append((number, proposal))
                    continue
                }
                guard individual.genes == proposal.genes, individual.parents == proposal.parents.map({ $0 + 1 }) else {
                    throw SearchError(path: store.path, reason: .otherCourse(number))
                }
            }
            let answers = try SearchWorkers.answers(to: waiting, threads: threads, isStopped: isStopped) { item in
                try ended(item.number, item.proposal, seed: description.seed)
            }
            for individual in answers.compactMap(\.self) { known[individual.number] = individual }
            guard !answers.contains(where: { $0 == nil }) else { return }
            var lessons: [(number: Int, lesson: SearchLesson)] = []
            for (number, _) in batch {
                guard var individual = known[number] else { preconditionFailure("every one of the batch has ended") }
                let lesson = strategy.learn(
                    error: individual.result.objective ?? .infinity, behaviour: individual.result.behaviour?.point ?? [])
                if let before = individual.lesson, before != lesson {
                    throw SearchError(path: store.path, reason: .otherCourse(number))
                }
                if individual.lesson == nil { lessons.append((number, lesson)) }
                individual.lesson = lesson
                known[number] = nil
                tally.add(individual)
            }
            try store.learn(lessons)
            next += batch.count
            if next > stored.count {
                progress(
                    Progress(
                        ended: next - 1, all: evaluations, before: min(stored.count, next - 1), failed: tally.failed,
                        best: tally.best, archived: tally.archived, coverage: tally.coverage))
            }
        }
    }

    /// Computes an individual and keeps it.
    private func ended(_ number: Int, _ proposal: SearchProposal, seed: UInt64) throws -> SearchIndividual {
        let individual = SearchIndividual(
            number: number, proposal, seed: seed, result: try bench.result(proposal.genes, seed: seed))
        try store.insert(individual, parameters: bench.parameters(proposal.genes))
        return individual
    }
}

extension IndividualBench {
    /// What genes stand for.
    public func parameters(_ genes: [Double]) -> [String: Double] {
        Dictionary(zip(family.genes.map(\.name), family.values(genes))) { first, _ in first }
    }
}
