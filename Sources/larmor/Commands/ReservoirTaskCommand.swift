import ArgumentParser
import Foundation
import LinearAlgebra
import MagneticFilm
import Origin
import Reservoirs

struct ReservoirTaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Puts a film through a standard task, beside baselines.",
        discussion: """
            For each seed the task and the input maps are drawn anew, and a search chooses among films by their error on what was held back of \
            training. The test is read once, for the one that was chosen. Baselines get the same number of evaluations.
            The laser's series is a file of your own: --series FILE.
            Tasks: \(ReservoirTask.all.map(\.name).joined(separator: ", ")), \(SpokenWordTask.name).
            \(SpokenWordTask.name) takes a folder of sounds, LABEL_SPEAKER_INDEX.wav. Index 0 to 4 are the test. Of the others of a speaker and \
            word the fifth and every tenth after it are for the choice of λ. It searches nothing; its settings have their own options.
            Example: larmor reservoir task narma10
            Example: larmor reservoir task parity --material Ni --cells 49 --seeds 1 --evaluations 5
            Example: larmor reservoir task narma10 --film films/disc.toml --length 500 --seeds 1 --evaluations 3
            Example: larmor reservoir task narma10 --rig rigs/demo.toml --seeds 1 --evaluations 5
            Example: larmor reservoir task spoken-digits --speech speech
            Example: larmor reservoir task spoken-digits --speech speech --cells 49 --leave-out each
            """)

    @Argument(help: "The task.")
    var task: String

    @OptionGroup var film: TaskFilmOptions

    @OptionGroup(title: "Continuum film") var contacts: ContactOptions

    @OptionGroup var spoken: SpokenTaskOptions

    @Option(help: "The series of a task that needs one: a text file of numbers.")
    var series: String?

    @Option(help: "Steps of the sequence; the task's own number where none is given.")
    var length: Int?

    @Option(help: "How many seeds; the table has the median over them.")
    var seeds = 3

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "Individuals for each seed.")
    var evaluations = 20

    @Option(help: "How they are chosen: \(SearchMethod.forErrors.map(\.rawValue).joined(separator: ", ")).")
    var search = "microbial"

    @Option(help: "Threads; the numbers do not depend on them.")
    var threads = 2

    @Option(help: "study: also the error with the founding study's own normalisation, in which the test has a part.")
    var leaks: String?

    @Flag(help: "Only the film.")
    var noBaselines = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if contacts.film != nil, film.isGiven || task == SpokenWordTask.name {
            throw ValidationError("--film is a film of its own; leave \(TaskFilmOptions.others) out, and spoken words")
        }
        if task == SpokenWordTask.name {
            try GivenOptions.refuse(
                ["--series", "--length", "--seeds", "--evaluations", "--search", "--leaks", "--input"],
                "does nothing for spoken words")
            if film.rig != nil, spoken.damping != nil {
                throw ValidationError("--damping is of a film in this process; with --rig the device has its own")
            }
            guard spoken.speech != nil else {
                throw ValidationError("\(task) needs a folder of spoken words: name it with --speech")
            }
            _ = try spoken.fields(films: film.films ?? 1)
        } else {
            try GivenOptions.refuse(SpokenTaskOptions.names, "is of the task \(SpokenWordTask.name)")
        }
        if series == nil, ReservoirTask.all.contains(where: { $0.name == task && $0.needsSeries }) {
            throw ValidationError("\(task) needs a series of numbers: name its file with --series")
        }
        if series != nil, ReservoirTask.all.contains(where: { $0.name == task && !$0.needsSeries }) {
            throw ValidationError("--series does nothing for \(task), which makes its own; leave it out")
        }
        guard (1...1000).contains(seeds) else { throw ValidationError("--seeds must be 1 to 1000") }
        guard (1...100_000).contains(evaluations) else { throw ValidationError("--evaluations must be 1 to 100,000") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
        guard SearchMethod.forErrors.contains(where: { $0.rawValue == search }) else {
            throw ValidationError(
                "--search is \(SearchMethod.forErrors.map(\.rawValue).joined(separator: ", ")); found “\(search)”")
        }
        guard leaks == nil || leaks == "study" else { throw ValidationError("--leaks is study; found “\(leaks ?? "")”") }
    }

    private struct Result: Encodable {
        struct Part: Encodable {
            var reservoir: String
            var nodes: Int
            var test: Spread
            var validation: Spread
        }
        struct Spread: Encodable {
            var median: Double
            var q1: Double
            var q3: Double
            init(_ values: [Double]) {
                let quartiles = Quartiles(values)
                (median, q1, q3) = (quartiles.median, quartiles.q1, quartiles.q3)
            }
        }
        struct Chosen: Encodable {
            var seed: UInt64
            var test: Double
            var validation: Double
            var training: Double
            var lambda: Double
            var failed: Int
            var genes: [String: Double]
        }
        var task: String
        var metric: String
        var reservoir: String
        var nodes: Int
        var seeds: Int
        var evaluations: Int
        var search: String
        var test: Spread
        var validation: Spread
        var study: Spread?
        var baseline: [String: Part]
        var chosen: [Chosen]
        var device: TaskDeviceReport?
        var seconds: Double
    }

    func run() throws {
        try reportingFailures {
            if task == SpokenWordTask.name {
                return try SpokenTaskRun(
                    film: film, options: spoken, seed: seed, threads: threads, hasBaselines: !noBaselines, json: json
                ).run()
            }
            let task = try TaskName.check(task, others: [SpokenWordTask.name])
            try task.check(film.features(), length: length)
            let start = ContinuousClock.now
            ProcessProvenance.note(seed: seed)
            var study = TaskStudy(task, length: length, series: try numbers())
            // Until here, a pipe that nobody writes to included, a signal ends the program at once.
            StopRequest.install()
            study.settings.features = try film.features()
            study.settings.isExact = film.exact
            study.search.method = SearchMethod(rawValue: search) ?? .microbial
            (study.search.evaluations, study.search.threads) = (evaluations, threads)
            study.addsStudy = leaks == "study"
            let inputs = try task.data(seed: seed, length: length, series: study.series).inputs.columns
            let bench = try film.bench()
            defer { bench?.stop() }
            let family: any ReservoirFamily
            if let bench { family = bench.family } else { family = try contacts.fileFilm()?.family() ?? film.family() }
            let outcomes = try outcomes(study, family)
            var baselines: [(key: String, family: any ReservoirFamily, outcomes: [TaskStudy.Outcome])] = []
            if !noBaselines {
                study.addsStudy = false
                // A device's time is its own; the baselines need none of it.
                study.settings.features = StateFeatures()
                for (key, family) in [
                    ("echo_state_network", EchoStateFamily(nodes: family.nodes) as any ReservoirFamily),
                    ("next_generation", NextGenerationFamily(nodes: max(family.nodes, 2 * inputs), inputs: inputs)),
                    ("inputs_alone", InputsAlone(inputs: inputs)),
                ] { baselines.append((key, family, try self.outcomes(study, family))) }
            }
            let result = Result(
                task: task.name, metric: task.measure.label, reservoir: family.description, nodes: family.nodes, seeds: seeds,
                evaluations: evaluations, search: search, test: .init(outcomes.map(\.evaluation.test)),
                validation: .init(outcomes.map(\.evaluation.validation)),
                study: leaks == nil ? nil : .init(outcomes.compactMap(\.leaking?.test)),
                baseline: Dictionary(
                    uniqueKeysWithValues: baselines.map { baseline in
                        (
                            baseline.key,
                            .init(
                                reservoir: baseline.family.description, nodes: baseline.family.nodes,
                                test: .init(baseline.outcomes.map(\.evaluation.test)),
                                validation: .init(baseline.outcomes.map(\.evaluation.validation)))
                        )
                    }), chosen: outcomes.map { chosen($0, family) }, device: try bench?.report(),
                seconds: (ContinuousClock.now - start) / .seconds(1))
            if json { return try Console.json(result) }
            show(result, baselines.map { ($0.key, $0.family.description) })
        }
    }

    private func numbers() throws -> [Double] {
        guard let series else { return [] }
        ProcessProvenance.note(data: series)
        return try NumberSeries(file: series).values
    }

    private func outcomes(_ study: TaskStudy, _ family: any ReservoirFamily) throws -> [TaskStudy.Outcome] {
        var progress = ProgressLine(family.description)
        defer { progress.done() }
        let total = Double(seeds * evaluations)
        var best = Double.infinity
        return try (0..<seeds).map { number in
            let outcome = try study.run(family, seed: seed &+ UInt64(number)) { entry in
                if let evaluation = entry.evaluation { best = min(best, evaluation.validation) }
                progress.show(
                    Double(number * evaluations + entry.index + 1) / total, "best \(Console.number(best, significant: 3))")
                return !StopRequest.isRequested
            }
            guard let outcome else { throw StopRequest.exitCode }
            return outcome
        }
    }

    private func chosen(_ outcome: TaskStudy.Outcome, _ family: any ReservoirFamily) -> Result.Chosen {
        let names = family.genes.map(\.name)
        return Result.Chosen(
            seed: outcome.seed, test: outcome.evaluation.test, validation: outcome.evaluation.validation,
            training: outcome.evaluation.training, lambda: outcome.evaluation.lambda, failed: outcome.failed,
            genes: Dictionary(uniqueKeysWithValues: zip(names, family.values(outcome.genes))))
    }

    private func show(_ result: Result, _ baselines: [(key: String, name: String)]) {
        func line(_ name: String, _ spread: Result.Spread, _ held: Result.Spread?) -> String {
            let values = [spread.median, spread.q1, spread.q3].map { Console.number($0, significant: 3) }
            let validation = held.map { ", held back \(Console.number($0.median, significant: 3))" } ?? ""
            return "  \(values[0])  (\(values[1]) … \(values[2]))\(validation)  \(name)"
        }
        Console.result(
            "\(result.task), \(result.metric) on the test: median (quartiles) of \(Console.count(seeds, "seed")), "
                + "\(Console.count(evaluations, "evaluation")) each")
        Console.result(line(result.reservoir, result.test, result.validation))
        if let study = result.study {
            Console.result(line("the same with the study's normalisation, which sees the test", study, nil))
        }
        for (key, name) in baselines {
            guard let part = result.baseline[key] else { continue }
            Console.result(line(name, part.test, part.validation))
        }
        if let device = result.device { Console.result("  \(device.line)") }
    }
}
