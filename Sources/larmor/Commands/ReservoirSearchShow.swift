import ArgumentParser
import Failures
import Origin
import Reservoirs
import Searches

struct ReservoirSearchShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one individual of a search, and computes it again.",
        discussion: """
            Example: larmor reservoir search show novelty.sqlite --individual 7 --again

            With --again the individual is made from its genes and seed once more, and its numbers are compared with the store's. The error on \
            the task's test is only computed then.
            """)

    @Argument(help: "A store, NAME.sqlite.")
    var store: String

    @Option(help: "Its number. (default: the one with the smallest error, or the most novel one)")
    var individual: Int?

    @Flag(help: "Compute it again; exit code 1 if its numbers are others.")
    var again = false

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        struct Again: Encodable {
            var same: Bool
            var error: Double?
            var test: Double?
            var kernelRank: Int?
            var generalisationRank: Int?
            var memoryCapacity: Double?
            var failure: String?
        }

        var store: String
        var by: String
        var seed: UInt64
        var reservoir: String
        var task: String?
        var individual: SearchSummary.Individual
        var genes: [Double]
        var again: Again?
    }

    func run() throws {
        try reportingFailures {
            let opened = try SearchStore(store, readOnly: true)
            ProcessProvenance.note(data: store)
            let table = try SearchTable(opened)
            let found = try table.individual(individual)
            // Of the store alone, whatever it was made with: the ranges of genes belong to a family.
            var result = Result(
                store: store, by: table.description.method.rawValue, seed: table.description.seed,
                reservoir: table.summary.reservoir, task: table.description.task, individual: .init(found), genes: found.genes)
            result.individual.parameters = try opened.parameters(of: found.number)
            if again { result.again = try computed(found, table.summary) }
            if json { try Console.json(result) } else { show(result, table.summary.genes) }
            if let again = result.again, !again.same { throw ExitCode(FailureKind.checkFailed.rawValue) }
        }
    }

    private func computed(_ found: SearchIndividual, _ summary: SearchStore.Summary) throws -> Result.Again {
        if summary.provenance.version != LarmorVersion.text {
            Console.note(
                "\(store): larmor \(summary.provenance.version) made it and this is \(LarmorVersion.text), whose numbers might not be the same"
            )
        }
        let bench = try SearchBench(stored: summary, store: store)
        defer { bench.stop() }
        let fresh = try bench.individuals.result(found.genes, seed: found.seed)
        return Result.Again(
            same: fresh == found.result, error: fresh.objective,
            test: fresh.isFailed ? nil : try bench.individuals.test(found.genes), kernelRank: fresh.behaviour?.kernelRank,
            generalisationRank: fresh.behaviour?.generalisationRank, memoryCapacity: fresh.behaviour?.memoryCapacity,
            failure: fresh.failure)
    }

    private func show(_ result: Result, _ genes: [String]) {
        let individual = result.individual
        var head =
            "individual \(individual.individual) of \(result.store): \(result.reservoir), by \(result.by), seed \(result.seed)"
        if individual.generation > 0 {
            head += ", generation \(individual.generation), of \(individual.parents.map(String.init).joined(separator: ", "))"
        }
        Console.result(head)
        var rows = TextTable("gene", "in 0 … 1", "value")
        for (name, gene) in zip(genes, result.genes) {
            rows.add(name, Console.number(gene, digits: 6), individual.parameters?[name].map { "\($0)" } ?? "")
        }
        Console.result("\n" + rows.text + "\n")
        func line(_ head: String, error: Double?, _ kernel: Int?, _ generalisation: Int?, _ memory: Double?, _ failure: String?)
        {
            var parts = [error.map { "error \($0)" }, failure.map { "failed: \($0)" }].compactMap(\.self)
            if let kernel, let generalisation, let memory {
                parts.append("kernel rank \(kernel), generalisation rank \(generalisation), memory capacity \(memory)")
            }
            Console.result(head + parts.joined(separator: ", "))
        }
        line(
            "", error: individual.error, individual.kernelRank, individual.generalisationRank, individual.memoryCapacity,
            individual.failure)
        if let novelty = individual.novelty {
            Console.result("novelty \(Console.number(novelty, significant: 4))\(individual.archived ? ", in the archive" : "")")
        }
        guard let again = result.again else { return }
        line(
            "again: ", error: again.error, again.kernelRank, again.generalisationRank, again.memoryCapacity, again.failure)
        if let test = again.test { Console.result("on the test: error \(Console.number(test, significant: 4))") }
        Console.result(again.same ? "the same numbers" : "other numbers than the store has")
    }
}
