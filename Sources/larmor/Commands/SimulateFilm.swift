public import ArgumentParser
import FilmFiles
import Logging
public import MagneticFilm
import Simulators

extension InputOrdering: ExpressibleByArgument {}

struct SimulateFilm: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "film", abstract: "Magnetic films behind RigLink, on a TCP port of this machine.",
        discussion: """
            Example: larmor simulate film --films 4 --material Ni --damping 0.4 --port 7373
            Example: larmor simulate film --model continuum --films 1 --material Py --cell-nm 5 --time-step 1e-13

            Example: larmor simulate film --model continuum --film films/bilayer.toml --films 2

            Example: larmor simulate film --films 6 --knobs --drift-mt 5

            Example: larmor simulate film --ordering study --steps-per-input 100 --refresh-steps 100

            Whoever connects is told the model, the step, the steps per input, how often the stray field is computed, and \
            whether a state is read before or after its input acts.
            """)

    @Option(help: "macro-cell: as the founding study; continuum: finite differences as in OOMMF and mumax.")
    var model = FilmRun.Model.macroCell

    @Option(help: "TCP port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 0

    @Option(help: "Number of films.")
    var films = 4

    @Option(help: "A film file of the continuum model, see films/README.md; it describes the films completely.")
    var film: String?

    @Option(help: "Rows of cells of each film. (default: 10)")
    var rows: Int?

    @Option(help: "Columns of cells of each film. (default: 10)")
    var columns: Int?

    @Option(help: "Material: Co or Ni; of the continuum model also Fe and Py. (default: Ni)")
    var material: String?

    @Option(help: "Gilbert damping. (default: 0.4)")
    var damping: Double?

    @Option(help: "Seconds per step.")
    var timeStep = 1e-13

    @Option(help: "Steps during which an input is held.")
    var stepsPerInput = 100

    @Option(
        help: """
            held-then-read: a drive acts during all steps of its input, then the state is read; study: as the founding study's \
            program, of the macro-cell model only.
            """)
    var ordering = InputOrdering.heldThenRead

    @Option(help: "Steps between refreshes of a macro-cell film's stray field. Default: the steps per input.")
    var refreshSteps: Int?

    @Option(help: "Edge of a continuum film's cells in nanometre; a macro-cell has 5. (default: 5)")
    var cellNm: Double?

    @Option(help: "Thickness of a continuum film in nanometre. (default: 3)")
    var thicknessNm: Double?

    @Flag(
        help:
            "The films stand on a bench: each has knobs for drive scale, bias field, leak and input gain, and drives warm their film and its neighbours."
    )
    var knobs = false

    @Option(help: "With --knobs: drift of each film's bias, standard deviation in millitesla after an hour. (default: 0)")
    var driftMt: Double?

    @Option(help: "With --knobs: the share of a neighbour's heat that comes over, 0 to 1. (default: 0.3)")
    var heatCoupling: Double?

    @OptionGroup var serving: ServingOptions

    private static let mostCells = 5000
    private static let mostBenchFilms = 63

    func validate() throws {
        if film != nil {
            guard model == .continuum else { throw ValidationError("--film needs --model continuum") }
            let described = [
                ("--rows", rows != nil), ("--columns", columns != nil), ("--material", material != nil),
                ("--damping", damping != nil), ("--cell-nm", cellNm != nil), ("--thickness-nm", thicknessNm != nil),
            ]
            if let (option, _) = described.first(where: \.1) {
                throw ValidationError("\(option) is in the file of --film already; remove one of the two")
            }
        }
        let known = model == .continuum ? Array(ContinuumMaterial.known.keys) : Array(FilmMaterial.known.keys)
        guard known.contains(material ?? "Ni") else {
            throw ValidationError("--material is one of \(known.sorted().joined(separator: ", "))")
        }
        // The answer to one drive frame must fit in one message.
        let edges = film == nil ? [films, rows ?? 10, columns ?? 10] : [films]
        guard edges.allSatisfy({ (1...Self.mostCells).contains($0) }), edges.reduce(1, *) <= Self.mostCells else {
            throw ValidationError("films × rows × columns must be from 1 to \(Self.mostCells)")
        }
        if model == .macroCell {
            try GivenOptions.refuse(["--cell-nm", "--thickness-nm"], "needs --model continuum")
        }
        if model == .continuum {
            guard ordering == .heldThenRead else { throw ValidationError("--ordering study is of the macro-cell model only") }
            guard refreshSteps == nil else {
                throw ValidationError("--refresh-steps is of the macro-cell model only")
            }
        }
        if !knobs { try GivenOptions.refuse(["--drift-mt", "--heat-coupling"], "needs --knobs") }
        if let driftMt, !(0...1000).contains(driftMt) { throw ValidationError("--drift-mt must be 0 to 1000") }
        if let heatCoupling, !(0...1).contains(heatCoupling) { throw ValidationError("--heat-coupling must be 0 to 1") }
        guard !knobs || films <= Self.mostBenchFilms else {
            throw ValidationError("--knobs takes up to \(Self.mostBenchFilms) films, four knobs each")
        }
        for edge in [cellNm, thicknessNm].compactMap(\.self) where !(edge > 0 && edge < 1e9) {
            throw ValidationError("cells need edges above 0")
        }
    }

    func work() throws {
        let make = try firmware()
        for warning in try make().warnings { log.warning("\(warning)") }
        let server = try FilmServer(port: port) { try make().firmware }
        let serving = try Serving(.init(device: "film", address: server.address), serving)
        try server.serve(until: serving.isDone)
    }

    private var bench: FilmBench? {
        guard knobs else { return nil }
        var bench = FilmBench()
        if let driftMt { bench.drift_T_per_rootHour = driftMt * 1e-3 }
        if let heatCoupling { bench.coupling = heatCoupling }
        return bench
    }

    /// Makes films in their initial state, as often as a host connects.
    private func firmware() throws -> () throws -> (firmware: FilmFirmware, warnings: [String]) {
        switch model {
        case .macroCell:
            guard let material = FilmMaterial.known[material ?? "Ni"] else { throw ExitCode.validationFailure }
            let configuration = MacroCellFilmConfiguration(
                rows: rows ?? 10, columns: columns ?? 10, material: material, damping: damping ?? 0.4, timeStep_s: timeStep,
                stepsPerInput: stepsPerInput)
            let configurations = [MacroCellFilmConfiguration](repeating: configuration, count: films)
            return { [ordering, refreshSteps, bench] in
                (try FilmFirmware(configurations, ordering: ordering, refreshSteps: refreshSteps, bench: bench), [])
            }
        case .continuum:
            let (name, makeFilm) = try continuumFilm()
            return { [films, timeStep, stepsPerInput, bench] in
                let array = try (0..<films).map { index in
                    try DrivenContinuumFilm(makeFilm(index), timeStep_s: timeStep, stepsPerInput: stepsPerInput)
                }
                return (FilmFirmware(try ContinuumFilmArray(array, of: name), bench: bench), array[0].film.warnings)
            }
        }
    }

    /// What the films are called, and how film k is made: from the file, or from rows and columns.
    private func continuumFilm() throws -> (name: String, make: (Int) throws -> ContinuumFilm<Double>) {
        if let film {
            let description = try FilmDescription(contentsOf: film)
            guard films * description.mesh.cells <= Self.mostCells else {
                throw FilmError(
                    .outOfRange(
                        name: "\(film): films × cells", value: Double(films * description.mesh.cells),
                        expected: "at most \(Self.mostCells), so that an answer fits in one message"))
            }
            return (
                description.name,
                { index in
                    // Each film has noise of its own.
                    var description = description
                    description.temperature?.seed &+= UInt64(index)
                    return try description.makeFilm(threads: 1)
                }
            )
        }
        guard var material = ContinuumMaterial.known[material ?? "Ni"] else { throw ExitCode.validationFailure }
        material.damping = damping ?? 0.4
        let edge = cellNm ?? 5
        let mesh = try FilmMesh(
            nx: columns ?? 10, ny: rows ?? 10, cellSize_m: SIMD3(edge, edge, thicknessNm ?? 3) * 1e-9)
        return (material.name, { [material] _ in try ContinuumFilm<Double>(mesh: mesh, material: material) })
    }
}
