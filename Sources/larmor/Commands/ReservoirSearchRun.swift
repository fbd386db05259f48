import ArgumentParser
import Failures
import Foundation
import Origin
import Outputs
import Reservoirs
import Searches

struct ReservoirSearchRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Searches among reservoirs, or goes on with a search.",
        discussion: """
            Example: larmor reservoir search run --by novelty --material Ni --cells 25 --evaluations 60 --output novelty.sqlite
            Example: larmor reservoir search run --by microbial --task narma10 --cells 25 --evaluations 10 --output narma10.sqlite
            Example: larmor reservoir search run --by random --task narma10 --film films/disc.toml --contacts 2x2 --steps-per-input 20 --length 400 --evaluations 4 --output disc.sqlite

            With --task the objective is the error on what was held back of the task's training; the test is not looked at. A search for \
            novelty looks for films that behave like no other so far: kernel rank, generalisation rank, memory capacity. Every individual \
            is kept, also one that failed. After Ctrl-C, a crash or a power cut the same command goes on, and ends with the same rows; \
            with more --evaluations it goes further.
            """)

    @Option(help: "\(SearchMethod.allCases.map(\.rawValue).joined(separator: ", ")).")
    var by = "novelty"

    @Option(help: "The store, an SQLite file.")
    var output: String

    @Option(help: "The task whose error is made small: \(ReservoirTask.all.map(\.name).joined(separator: ", ")).")
    var task: String?

    @Option(help: "The series of a task that needs one: a text file of numbers.")
    var series: String?

    @Option(help: "Steps of the task; its own number where none is given.")
    var length: Int?

    @Option(help: "What is searched in: film, esn (echo-state networks), nvar (next-generation reservoirs).")
    var kind = "film"

    @OptionGroup var film: TaskFilmOptions

    @OptionGroup(title: "Continuum film") var contacts: ContactOptions

    @Option(help: "Nodes of esn and nvar. (default: 100)")
    var nodes: Int?

    @Option(help: "Individuals in all.")
    var evaluations = 200

    @Flag(help: "Measure ranks and memory also where the search has no use for them.")
    var behaviour = false

    @Option(
        help: "Individuals of a generation, for microbial and novelty. (default: a quarter of the evaluations, at most 100)")
    var population: Int?

    @Option(help: "Behaviours that novelty is measured by. (default: 10)")
    var neighbours: Int?

    @Option(help: "Novelty from which an individual enters the archive, at first. (default: 3)")
    var threshold: Double?

    @Option(help: "Individuals that are proposed before the first of them is answered.")
    var batch = 4

    @Option(help: "Of everything that is drawn.")
    var seed: UInt64 = 1

    @Option(help: "Threads; the numbers do not depend on them.")
    var threads = 2

    @Flag(help: "Print one JSON object.")
    var json = false

    private var method: SearchMethod { SearchMethod(rawValue: by) ?? .novelty }

    func validate() throws {
        guard SearchMethod(rawValue: by) != nil else {
            throw ValidationError("--by is \(SearchMethod.allCases.map(\.rawValue).joined(separator: ", ")); found “\(by)”")
        }
        for (name, value, range) in [
            ("--evaluations", evaluations, 1...100_000), ("--batch", batch, 1...1024), ("--threads", threads, 1...256),
            ("--population", population ?? 2, 2...10_000), ("--neighbours", neighbours ?? 1, 1...1000),
            ("--nodes", nodes ?? 1, 1...10_000),
        ] where !range.contains(value) {
            throw ValidationError("\(name) must be from \(range.lowerBound) to \(range.upperBound)")
        }
        guard (threshold ?? 0).isFinite, (threshold ?? 0) >= 0 else { throw ValidationError("--threshold must be 0 or more") }
        if [.microbial, .cmaes].contains(method), task == nil {
            throw ValidationError("--by \(by) makes an error small: give --task NAME")
        }
        if task == nil, series != nil || length != nil { throw ValidationError("--series and --length are of a --task NAME") }
        if series == nil, ReservoirTask.all.contains(where: { $0.name == task && $0.needsSeries }) {
            throw ValidationError("--task \(task ?? "") needs a series of numbers: name its file with --series")
        }
        if series != nil, ReservoirTask.all.contains(where: { $0.name == task && !$0.needsSeries }) {
            throw ValidationError("--series does nothing with --task \(task ?? ""), which makes its own; leave it out")
        }
        if ![.microbial, .novelty].contains(method), population != nil {
            throw ValidationError("--population does nothing with --by \(by); leave it out")
        }
        if method != .novelty, neighbours != nil || threshold != nil {
            throw ValidationError("--neighbours and --threshold do nothing with --by \(by); leave them out")
        }
        try checkKind()
    }

    private func checkKind() throws {
        let kinds = SearchDescription.Kind.allCases.filter { $0 != .rig && $0 != .file }.map(\.rawValue)
        guard kinds.contains(kind) else { throw ValidationError("--kind is \(kinds.joined(separator: ", ")); found “\(kind)”") }
        if contacts.film != nil, film.isGiven || kind != "film" {
            throw ValidationError("--film is a film of its own; leave \(TaskFilmOptions.others) and --kind out")
        }
        if kind == "film" {
            guard nodes == nil else { throw ValidationError("--nodes does nothing with films, which have --cells") }
        } else {
            for (name, isGiven) in [
                ("--cells", film.cells != nil), ("--films", film.films != nil), ("--material", film.material != nil),
                ("--rig", film.rig != nil), ("--input", film.input != "free"),
            ] where isGiven { throw ValidationError("\(name) does nothing with --kind \(kind); leave it out") }
        }
    }

    private func described(_ numbers: [Double]) throws -> SearchDescription {
        let kind: SearchDescription.Kind =
            film.rig != nil ? .rig : contacts.film != nil ? .file : .init(rawValue: kind) ?? .film
        let isBehaving = method == .novelty || task == nil || behaviour
        var description = SearchDescription(method, seed: seed, kind: kind, task: task, hasBehaviour: isBehaving)
        description.batch = batch
        var sizes = method.sizes(budget: evaluations)
        sizes.population = population ?? sizes.population
        sizes.neighbours = neighbours ?? sizes.neighbours
        sizes.threshold = threshold ?? sizes.threshold
        description.take(sizes)
        description.features = try film.features()
        (description.length, description.device) = (length, film.device)
        let input = try film.searchedInput()
        description.input = input == .free ? nil : input
        description.isExact = film.exact ? true : nil
        if let series { description.series = .init(path: series, sha256: SearchBench.hash(numbers)) }
        switch kind {
        case .film:
            (description.cells, description.films) = (film.cells ?? 100, film.films ?? 1)
            description.material = film.material ?? "Co"
        case .esn, .nvar: description.nodes = nodes ?? 100
        case .rig:
            if let rig = film.rig { description.rig = .init(path: rig, sha256: try ContentHash.sha256(of: rig)) }
        case .file: description.fileFilm = try contacts.fileFilm()
        }
        return description
    }

    func run() throws {
        try reportingFailures {
            let begin = ContinuousClock.now
            ProcessProvenance.note(seed: seed)
            if let task { try TaskName.check(task).check(film.features(), length: length) }
            let numbers = try series.map { try NumberSeries(file: $0).values } ?? []
            ProcessProvenance.note(data: series)
            // Until here, a pipe that nobody writes to included, a signal ends the program at once.
            StopRequest.install()
            let description = try described(numbers)
            // What is there is looked at before anything is made.
            if FileManager.default.fileExists(atPath: output) { try SearchStore.check(output) }
            try OutputPlace.checkOutputFolder(OutputPlace.folder(above: output), files: [])
            let lock = try SearchLock(output)
            let bench = try SearchBench(description, series: numbers, store: output)
            defer { bench.stop() }
            let summary = bench.summary(description, evaluations: evaluations)
            if !lock.isFound { try SearchStore.create(output, summary, lock: lock) }
            let store = try SearchStore(output)
            try store.adopt(summary)
            var line = ProgressLine(bench.individuals.family.description)
            var isNoted = false
            try StoredSearch(store, bench.individuals, threads: threads).run(isStopped: { StopRequest.isRequested }) {
                progress in
                if !isNoted, progress.before > 0 {
                    Console.note("\(output): goes on, \(progress.before) of \(progress.all) individuals are there already")
                }
                isNoted = true
                line.show(
                    Double(progress.ended - progress.before) / Double(max(1, progress.all - progress.before)), words(progress))
            }
            line.done()
            try withExtendedLifetime(lock) {
                try tell(try SearchTable(store), bench, seconds: (ContinuousClock.now - begin) / .seconds(1))
            }
        }
    }

    private func words(_ progress: StoredSearch.Progress) -> String {
        var text = "\(progress.ended) of \(progress.all)"
        if progress.failed > 0 { text += ", \(progress.failed) failed" }
        if let best = progress.best, let objective = best.result.objective {
            text += ", best \(Console.number(objective, significant: 3)) (\(best.number))"
        }
        if progress.coverage > 0 { text += ", \(Console.count(progress.coverage, "cell"))" }
        if progress.archived > 0 { text += ", archive \(progress.archived)" }
        return text
    }

    private func tell(_ table: SearchTable, _ bench: SearchBench, seconds: Double) throws {
        let summary = SearchSummary(table, measure: bench.individuals.measure, seconds: seconds)
        if json { try Console.json(summary) } else { Console.result(summary.text) }
        if table.tally.ended < evaluations {
            Console.note(
                "larmor: stopped; \(output) has \(table.tally.ended) of \(Console.count(evaluations, "individual")); "
                    + "the same command goes on")
            throw StopRequest.exitCode
        }
        if table.tally.failed == table.tally.ended, let first = table.failures.first?.result.failure {
            throw SearchError(path: output, reason: .allFailed(table.tally.failed, first: first))
        }
    }
}
