public import ArgumentParser
public import MagneticFilm
import Simulators

extension InputOrdering: ExpressibleByArgument {}

struct SimulateFilm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "film", abstract: "Films behind RigLink on a loopback port.",
        discussion: """
            Example: larmor simulate film --films 4 --material Ni --damping 0.4 --port 7373
            Example: larmor simulate film --model continuum --films 1 --material Py --cell-nm 5 --time-step 1e-13

            Example: larmor simulate film --ordering study --steps-per-input 100 --refresh-steps 100

            The descriptor says the model, the step, the steps per input, how often the stray field is computed and in which \
            order drive and state belong to an input.
            """)

    @Option(help: "macro-cell: as the founding study; continuum: finite differences as in OOMMF and mumax.")
    var model = FilmRun.Model.macroCell

    @Option(help: "TCP port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 0

    @Option(help: "Number of films.")
    var films = 4

    @Option(help: "Rows of cells of each film.")
    var rows = 10

    @Option(help: "Columns of cells of each film.")
    var columns = 10

    @Option(help: "Material: Co or Ni; of the continuum model also Fe and Py.")
    var material = "Ni"

    @Option(help: "Gilbert damping.")
    var damping = 0.4

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

    @Option(help: "Edge of a continuum film's cells in nanometre; a macro-cell has 5.")
    var cellNm = 5.0

    @Option(help: "Thickness of a continuum film in nanometre.")
    var thicknessNm = 3.0

    @OptionGroup var serving: ServingOptions

    func validate() throws {
        let known = model == .continuum ? Array(ContinuumMaterial.known.keys) : Array(FilmMaterial.known.keys)
        guard known.contains(material) else {
            throw ValidationError("--material is one of \(known.sorted().joined(separator: ", "))")
        }
        // The answer to one drive frame must fit in one message.
        guard [films, rows, columns].allSatisfy({ (1...5000).contains($0) }), films * rows * columns <= 5000 else {
            throw ValidationError("films × rows × columns must be from 1 to 5000")
        }
        if model == .continuum {
            guard ordering == .heldThenRead else { throw ValidationError("--ordering study is of the macro-cell model only") }
            guard refreshSteps == nil else {
                throw ValidationError("--refresh-steps is of the macro-cell model only")
            }
        }
        guard min(cellNm, thicknessNm) > 0, max(cellNm, thicknessNm) < 1e9 else {
            throw ValidationError("cells need edges above 0")
        }
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let make = try firmware()
            for warning in try make().warnings { Console.note("larmor: warning: \(warning)") }
            let server = try FilmServer(port: port) { try make().firmware }
            let serving = try Serving(.init(device: "film", address: server.address), serving)
            try server.serve(until: serving.isDone)
        }
    }

    /// Makes films in their initial state, as often as a host connects.
    private func firmware() throws -> () throws -> (firmware: FilmFirmware, warnings: [String]) {
        switch model {
        case .macroCell:
            guard let material = FilmMaterial.known[material] else { throw ExitCode.validationFailure }
            let configuration = MacroCellFilmConfiguration(
                rows: rows, columns: columns, material: material, damping: damping, timeStep_s: timeStep,
                stepsPerInput: stepsPerInput)
            let configurations = [MacroCellFilmConfiguration](repeating: configuration, count: films)
            return { [ordering, refreshSteps] in
                (try FilmFirmware(configurations, ordering: ordering, refreshSteps: refreshSteps), [])
            }
        case .continuum:
            guard var material = ContinuumMaterial.known[material] else { throw ExitCode.validationFailure }
            material.damping = damping
            let mesh = try FilmMesh(nx: columns, ny: rows, cellSize_m: SIMD3(cellNm, cellNm, thicknessNm) * 1e-9)
            return { [material, films, timeStep, stepsPerInput] in
                let array = try (0..<films).map { _ in
                    try DrivenContinuumFilm(
                        ContinuumFilm<Double>(mesh: mesh, material: material), timeStep_s: timeStep,
                        stepsPerInput: stepsPerInput)
                }
                return (FilmFirmware(try ContinuumFilmArray(array)), array[0].film.warnings)
            }
        }
    }
}
