import Reservoirs
import Searches

/// What a search has come to.
struct SearchSummary: Encodable {
    struct Individual: Encodable {
        var individual: Int
        var generation: Int
        var parents: [Int]
        var error: Double?
        var kernelRank: Int?
        var generalisationRank: Int?
        var memoryCapacity: Double?
        var novelty: Double?
        var archived: Bool
        var failure: String?
        /// What the genes stand for.
        var parameters: [String: Double]?

        init(_ individual: SearchIndividual) {
            (self.individual, generation, parents) = (individual.number, individual.generation, individual.parents)
            let result = individual.result
            (error, failure) = (result.objective, result.failure)
            (kernelRank, generalisationRank) = (result.behaviour?.kernelRank, result.behaviour?.generalisationRank)
            memoryCapacity = result.behaviour?.memoryCapacity
            (novelty, archived) = (individual.lesson?.novelty, individual.isArchived)
        }
    }

    struct Failed: Encodable {
        var individual: Int
        var type: String
        var reason: String
    }

    var store: String
    var by: String
    var seed: UInt64
    var reservoir: String
    var task: String?
    /// What the error is.
    var metric: String?
    var individuals: Int
    var evaluations: Int
    var failed: Int
    var best: Individual?
    /// Cells of the space of behaviours that were reached; nil where behaviours were not measured.
    var coverage: Int?
    var archive: Int?
    var failures: [Failed]
    var seconds: Double?

    init(_ table: SearchTable, measure: String?, seconds: Double? = nil) {
        let description = table.description
        (store, by, seed) = (table.path, description.method.rawValue, description.seed)
        (reservoir, task, metric) = (table.summary.reservoir, description.task, measure)
        (individuals, evaluations, failed) = (table.tally.ended, table.summary.evaluations, table.tally.failed)
        best = table.tally.best.map(Individual.init)
        coverage = description.hasBehaviour ? table.tally.coverage : nil
        archive = description.method == .novelty ? table.tally.archived : nil
        failures = table.failures.map {
            Failed(individual: $0.number, type: $0.result.failureType ?? "", reason: $0.result.failure ?? "")
        }
        self.seconds = seconds
    }

    /// For people.
    var text: String {
        var lines = ["\(store): \(individuals) of \(Console.count(evaluations, "individual")), \(failed) failed"]
        if let seconds { lines[0] += ", \(Console.number(seconds, digits: 1)) s" }
        if let best, let error = best.error {
            lines.append(
                "best \(metric ?? "error") on what was held back: \(Console.number(error, significant: 4)), individual \(best.individual)"
            )
        }
        if let coverage {
            lines.append(
                "\(Console.count(coverage, "cell")) of the space of behaviours reached"
                    + (archive.map { ", \($0) in the archive" } ?? ""))
        }
        for failure in failures.prefix(5) { lines.append("individual \(failure.individual) failed: \(failure.reason)") }
        if failures.count > 5 { lines.append("… \(failures.count - 5) more; `larmor reservoir search report` lists them") }
        return lines.joined(separator: "\n")
    }
}
