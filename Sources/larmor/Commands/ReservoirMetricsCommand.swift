import ArgumentParser
import Failures
import LinearAlgebra
import Logging
import MagneticFilm
import Reservoirs
import Searches

struct ReservoirMetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Ranks, memory, capacity, echo and robustness of a film, of a rig's device, or of recorded states.",
        discussion: """
            Example: larmor reservoir metrics
            Example: larmor reservoir metrics --material Ni --cells 25 --field-t 0.02 --json
            Example: larmor reservoir metrics --film films/disc.toml --contacts 2x2 --steps-per-input 20 --steps 200 --delays 10 --degrees 2
            Example: larmor reservoir metrics --rig rigs/film-band.toml --device film1 --steps 500 --delays 20 --degrees 2

            Without --states a film of the macro-cell model is driven with random inputs between -1 and 1: each becomes a field for each \
            cell by a sparse random mask. The same seed gives the same numbers. With --film a film of the continuum model is driven and read \
            through its contacts: a field, or a current density for each contact. With --rig the same inputs go to a device, and its pace, drift and lost \
            inputs are told; a device that forgets an input ends the command. With --states and --inputs recorded states are measured: \
            arrays of NumPy, one row a step. What needs a reservoir that can be driven is left out then.
            """)

    @Option(help: "Material of the film: \(FilmMaterial.known.keys.sorted().joined(separator: ", ")). (default: Co)")
    var material: String?

    @Option(help: "Cells of the film; it is as square as they allow. (default: 100)")
    var cells: Int?

    @Option(help: "Gilbert damping. (default: 0.1)")
    var damping: Double?

    @OptionGroup(title: "Continuum film") var contacts: ContactOptions

    @Option(help: "A rig file: its device is measured, not a film in this process.")
    var rig: String?

    @Option(help: "The rig's device, where it has several that can be driven.")
    var device: String?

    @Option(help: "Typical field of an input of 1, in tesla.")
    var fieldT = 0.05

    @Option(help: "Typical current density of an input of 1 with --drive current, in A/m². (default: 1e11)")
    var currentApm2: Double?

    @Option(help: "mask: a random mask and a bias of each cell; dale: the founding study's map, in steps of 0.1 mT.")
    var input = "mask"

    @Option(help: "Share of the cells that feel the input. (default: 0.1, of small films three cells)")
    var density: Double?

    @Option(help: "Of the mask and the inputs.")
    var seed: UInt64 = 1

    @Option(help: "Highest degree of the information capacity.")
    var degrees = 3

    @Option(
        help:
            "Longest delay of the memory, in steps. (default: twice the nodes; of recorded states a tenth of the steps at most)"
    )
    var delays: Int?

    @Option(help: "Inputs for memory and capacity. (default: 20 for each node, 2000 to 20000, and the delays)")
    var steps: Int?

    @Option(help: "Recorded states, an array [steps, nodes] in a .npy file.")
    var states: String?

    @Option(help: "Their inputs, an array [steps] in a .npy file.")
    var inputs: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (states == nil) == (inputs == nil) else { throw ValidationError("--states and --inputs go together") }
        if states != nil {
            try GivenOptions.refuse(
                [
                    "--material", "--cells", "--damping", "--field-t", "--density", "--seed", "--steps", "--rig", "--device",
                    "--input", "--film", "--current-apm2",
                ], "does nothing with --states, which are recorded already; leave it out")
        }
        if rig != nil {
            try GivenOptions.refuse(
                ["--material", "--cells", "--damping"],
                "is of a film in this process; with --rig the device has its own; leave it out")
        } else {
            try GivenOptions.refuse(["--device"], "names a device of --rig FILE")
        }
        if contacts.film != nil {
            try GivenOptions.refuse(
                ["--material", "--cells", "--damping", "--rig", "--input"],
                "is of another film or device; --film is a film of its own; leave it out")
        }
        if contacts.drive == .current {
            try GivenOptions.refuse(["--field-t"], "does nothing with --drive current, which has --current-apm2")
        } else {
            try GivenOptions.refuse(["--current-apm2"], "goes with --drive current")
        }
        guard (currentApm2 ?? 1).isFinite, (currentApm2 ?? 1) > 0, (currentApm2 ?? 1) <= 1e15 else {
            throw ValidationError("--current-apm2 is a current density above 0, in A/m²")
        }
        guard ["mask", "dale"].contains(input) else { throw ValidationError("--input is mask or dale; found “\(input)”") }
        if input == "dale" { try GivenOptions.refuse(["--density"], "does nothing with --input dale, which has its own") }
        guard material.map({ FilmMaterial.known[$0] != nil }) ?? true else {
            throw ValidationError("--material is one of \(FilmMaterial.known.keys.sorted().joined(separator: ", "))")
        }
        if let damping, !(damping > 0 && damping <= 10) { throw ValidationError("--damping must be above 0, at most 10") }
        guard (1...1024).contains(cells ?? 100) else { throw ValidationError("--cells must be from 1 to 1024") }
        guard fieldT.isFinite, fieldT > 0, fieldT <= 100 else {
            throw ValidationError("--field-t is a field above 0, in tesla")
        }
        guard (density ?? 1) > 0, (density ?? 1) <= 1 else {
            throw ValidationError("--density is a share above 0 and at most 1")
        }
        guard (1...12).contains(degrees) else { throw ValidationError("--degrees must be from 1 to 12") }
        guard (1...100_000).contains(delays ?? 1) else { throw ValidationError("--delays must be from 1 to 100000") }
        guard (100...1_000_000).contains(steps ?? 100) else { throw ValidationError("--steps must be from 100 to 1000000") }
    }

    func run() throws {
        try reportingFailures {
            var settings = ReservoirMetrics.Settings()
            (settings.delays, settings.degrees, settings.steps, settings.seed) = (delays, degrees, steps, seed)
            var line = ProgressLine("metrics")
            func progress(_ fraction: Double, _ what: String) -> Bool {
                line.show(fraction, what)
                return !StopRequest.isRequested
            }
            let metrics: ReservoirMetrics?
            let described: String
            var warnings: [String] = []
            var bench: TaskBench?
            defer { bench?.stop() }
            if let states, let inputs {
                let measured = try recorded(states, inputs)
                // Until here, pipes that nobody writes to included, a signal ends the program at once.
                StopRequest.install()
                described = measured.description
                let values = measured.inputs?.values ?? []
                if let problem = InputUniformity.problem(values) {
                    warnings.append("\(inputs): \(problem); capacities of degree 2 and more, and the sum, say little then")
                }
                metrics = try ReservoirMetrics(inputs: values, states: measured.states, settings: settings, progress: progress)
            } else if let rig {
                StopRequest.install()
                ProcessProvenance.note(seed: seed)
                let opened = try TaskBench(rig, device: device)
                bench = opened
                described = opened.family.description
                metrics = try opened.family.withReservoir { device in
                    let reservoir = try masked(device, cells: device.inputs, scale: fieldT)
                    // Films answer with x, y and z of each cell.
                    settings.blocks = device.nodes == 3 * device.inputs ? 3 : 1
                    return try ReservoirMetrics(reservoir, settings: settings, progress: progress)
                }
            } else {
                let (film, blocks) = try film()
                StopRequest.install()
                described = film.description
                settings.blocks = blocks
                ProcessProvenance.note(seed: seed)
                metrics = try ReservoirMetrics(film, settings: settings, progress: progress)
            }
            line.done()
            guard let metrics else { throw StopRequest.exitCode }
            let device = try bench?.report()
            if let device, device.limitedFrames > 0 {
                warnings.append(
                    "the rig file's limits changed \(Console.count(device.limitedFrames, "input")): the numbers are those of the limited drive"
                )
            }
            let report = MetricsReport(described, metrics, device: device, warnings: warnings)
            if json { return try Console.json(report) }
            for warning in warnings { log.warning("\(warning)") }
            report.show()
        }
    }

    private func recorded(_ states: String, _ inputs: String) throws -> MeasuredStates {
        ProcessProvenance.note(data: states)
        ProcessProvenance.note(data: inputs)
        var measured = try MeasuredStates(numPy: states)
        try measured.setInputs(numPy: inputs)
        guard measured.inputs?.columns == 1 else {
            throw MetricError.shape(metric: inputs, expected: "one input a step", found: "\(measured.inputs?.columns ?? 0)")
        }
        if measured.dropped > 0 {
            log.warning("\(states): \(Console.count(measured.dropped, "step")) with values that are not finite left out")
        }
        return measured
    }

    /// The film behind its mask, and blocks of its states that are scaled by themselves: x, y and z of all cells or contacts.
    private func film() throws -> (MaskedReservoir, blocks: Int) {
        if let file = try contacts.fileFilm() {
            let film = ContactFilmReservoir(try file.maker()())
            let scale = file.drive == .current ? currentApm2 ?? 1e11 : fieldT
            return (try masked(film, cells: film.inputs, scale: scale), film.nodes / film.inputs)
        }
        let cells = cells ?? 100
        guard let material = FilmMaterial.known[material ?? "Co"] else { throw ExitCode.validationFailure }
        let rows = (1...cells).last { cells.isMultiple(of: $0) && $0 * $0 <= cells } ?? 1
        let film = try FilmReservoir([
            MacroCellFilmConfiguration(rows: rows, columns: cells / rows, material: material, damping: damping ?? 0.1)
        ])
        return (try masked(film, cells: cells, scale: fieldT), 3)
    }

    /// - Parameter scale: typical drive of an input of 1, in the reservoir's unit.
    private func masked(_ reservoir: any Reservoir, cells: Int, scale: Double) throws -> MaskedReservoir {
        if input == "dale" {
            let map = InputMap.dale(inputs: 1, cells: cells, films: 1, scale: scale, seed: seed)
            guard map.reaches(input: 0) else { throw UnreachedFilm(seed: seed, density: 0.1) }
            return MaskedReservoir(reservoir, map: map)
        }
        let mask = InputMask(
            inputs: 1, cells: cells, fields_T: [Float(scale)], density: density ?? min(1, max(0.1, 3 / Double(cells))),
            seed: seed)
        guard mask.makeMatrix().drivenCells > 0 else { throw UnreachedFilm(seed: seed, density: mask.density) }
        return MaskedReservoir(reservoir, mask: mask)
    }
}

/// A film that no input reaches has no metrics.
private struct UnreachedFilm: Failure {
    var seed: UInt64
    var density: Double
    var kind: FailureKind { .badInput }
    var description: String {
        "no cell of the film feels the input with --seed \(seed) and a density of \(density); take another seed, or a larger --density"
    }
}
