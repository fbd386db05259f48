import ArgumentParser
import Outputs
import Reservoirs
import Searches

struct ReservoirSearchReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Shows the best individuals of searches and how much they reached, with pictures.",
        discussion: """
            Example: larmor reservoir search report novelty.sqlite

            Several stores stand side by side, as a search for novelty and one at random. The page NAME.html beside the first store has the \
            space of behaviours from three sides, the cells that were reached, and the error. A search that still runs may be reported, too.
            """)

    @Argument(help: "Stores, NAME.sqlite.")
    var stores: [String]

    @Option(help: "Individuals of each store that are listed.")
    var top = 10

    @Option(help: "Edge of a cell of the space of behaviours, in ranks and steps of memory.")
    var cell = SearchTally.usualCell

    @Option(help: "File for the page. (default: NAME.html beside the first store)")
    var html: String?

    @Flag(help: "Write no page.")
    var noHtml = false

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        struct Search: Encodable {
            struct Reached: Encodable {
                var evaluations: Int
                var cells: Int
            }

            var summary: SearchSummary
            /// The cells that were reached after a twentieth of the individuals, two twentieths, …
            var coverage: [Reached]?
            var top: [SearchSummary.Individual]
        }

        var cell: Double
        var searches: [Search]
        var files: [String]
    }

    func validate() throws {
        guard !stores.isEmpty else { throw ValidationError("name a store") }
        guard (1...100_000).contains(top) else { throw ValidationError("--top must be from 1 to 100000") }
        guard cell.isFinite, cell >= 0.01 else { throw ValidationError("--cell must be 0.01 or more") }
        if noHtml, html != nil { throw ValidationError("--html and --no-html: give one of them") }
    }

    func run() throws {
        try reportingFailures {
            let first = stores[0].hasSuffix(".sqlite") ? String(stores[0].dropLast(7)) : stores[0]
            let page = noHtml ? nil : html ?? first + ".html"
            let tables = try stores.map { path in
                let store = try SearchStore(path, readOnly: true)
                ProcessProvenance.note(data: path)
                return try SearchTable(store, cell: cell)
            }
            // The table also where the page cannot be written.
            if !json { show(tables) }
            if let page { try OutputFile.write(SearchPage(tables).html, to: page, inputs: stores) }
            let files = [page].compactMap(\.self)
            if json { return try Console.json(Result(cell: cell, searches: tables.map(search), files: files)) }
            if !files.isEmpty { Console.result("\n" + files.joined(separator: "\n")) }
        }
    }

    private func measure(_ table: SearchTable) -> String? {
        ReservoirTask.all.first { $0.name == table.description.task }?.measure.label
    }

    private func search(_ table: SearchTable) -> Result.Search {
        let count = table.individuals.count
        let places = Set((1...20).map { count * $0 / 20 }).filter { $0 > 0 }.sorted()
        return Result.Search(
            summary: SearchSummary(table, measure: measure(table)),
            coverage: table.description.hasBehaviour
                ? places.map { .init(evaluations: $0, cells: table.coverage[$0 - 1]) } : nil,
            top: table.ranking.prefix(top).map { individual in
                var shown = SearchSummary.Individual(individual)
                shown.parameters = nil
                return shown
            })
    }

    private func show(_ tables: [SearchTable]) {
        for (index, table) in tables.enumerated() {
            Console.result((index > 0 ? "\n" : "") + SearchSummary(table, measure: measure(table)).text)
            let ranking = table.ranking
            guard !ranking.isEmpty else { continue }
            let (hasError, hasBehaviour) = (table.description.task != nil, table.description.hasBehaviour)
            var rows = TextTable(
                header: ["individual", "generation"] + (hasError ? ["error"] : [])
                    + (hasBehaviour ? ["kernel", "generalisation", "memory", "novelty", "archive"] : []))
            for individual in ranking.prefix(top) {
                let result = individual.result
                rows.add(
                    row: ["\(individual.number)", "\(individual.generation)"]
                        + (hasError ? [Self.number(result.objective)] : [])
                        + (hasBehaviour
                            ? [
                                result.behaviour.map { "\($0.kernelRank)" } ?? "",
                                result.behaviour.map { "\($0.generalisationRank)" } ?? "",
                                Self.number(result.behaviour?.memoryCapacity), Self.number(individual.lesson?.novelty),
                                individual.isArchived ? "yes" : "",
                            ] : []))
            }
            Console.result("\n" + rows.text)
            if ranking.count > top { Console.result("… \(ranking.count - top) more; --top lists them") }
        }
    }

    private static func number(_ value: Double?) -> String { value.map { Console.number($0, significant: 4) } ?? "" }
}
