import ArgumentParser
import Failures
import FilmFiles
import Foundation
import Logging
import MagneticFilm
import Outputs

struct FilmRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a film in a field, or drives it with a sequence of inputs, and writes its states.",
        discussion: """
            Example: larmor film run --vampire core0 --output reservoir_output.txt
            Example: larmor film run --rows 10 --columns 10 --material Ni --damping 0.4 --input drive.csv --output states.csv
            Example: larmor film run --model continuum --film films/bilayer.toml --duration-ns 0.2 --output m.csv

            With --vampire the folder's input, material file and sourcefield.txt are read and the reservoir_output.txt that \
            VAMPIRE would write is written. Otherwise --input is a table with one line per input (tesla along the normal; one \
            value for all cells, or one per cell with x running fastest), and the output has a line of m_x, m_y, m_z of all \
            cells per input; an output that ends in .npy is an array of NumPy, [inputs, 3, cells]. With --film the file describes the whole film; options about the film are then errors.
            """)

    enum Model: String, ExpressibleByArgument, CaseIterable {
        case macroCell = "macro-cell"
        case continuum
    }

    @Option(help: "macro-cell: as the founding study; continuum: finite differences as in OOMMF and mumax.")
    var model = Model.macroCell

    @Option(help: "A run folder of VAMPIRE.")
    var vampire: String?

    @Option(help: "File for the states.")
    var output: String

    @Option(help: "A table of fields.")
    var input: String?

    @Option(help: "Rows of cells. (default: 10)")
    var rows: Int?

    @Option(help: "Columns of cells. (default: 10)")
    var columns: Int?

    @Option(help: "Material: Co or Ni; of the continuum model also Fe, Py, permalloy or a file. Default: Ni, continuum Py.")
    var material: String?

    @Option(help: "Gilbert damping. Default: 0.1, continuum the material's.")
    var damping: Double?

    @Option(help: "Seconds per step.")
    var timeStep = 1e-13

    @Option(help: "Steps during which an input is held.")
    var stepsPerInput = 100

    @Option(help: "Threads of the continuum model; by default as many as the film keeps busy, at most 8.")
    var threads: Int?

    @OptionGroup(title: "Continuum model") var continuum: ContinuumOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var output: String
        var inputs: Int
        var cells: Int
        var seconds: Double
        var cellStepsPerSecond: Double
        var warnings: [String]
    }

    func validate() throws {
        guard (1...256).contains(threads ?? 1) else { throw ValidationError("--threads must be from 1 to 256") }
        try refuseIdleOptions()
        if input == nil, StatesOutput.isArray(output) {
            throw ValidationError("an array of NumPy holds the states of --input FILE; name the output of this run otherwise")
        }
        switch model {
        case .continuum:
            guard vampire == nil else { throw ValidationError("--vampire names a folder for the macro-cell model") }
            guard continuum.film != nil else { break }
            let described = [
                ("--rows", rows != nil), ("--columns", columns != nil), ("--material", material != nil),
                ("--damping", damping != nil),
            ]
            if let option = (described + continuum.besideFile).first(where: \.1)?.0 {
                throw ValidationError("\(option) is in the file of --film already; remove one of the two")
            }
        case .macroCell:
            guard continuum.film == nil else { throw ValidationError("--film needs --model continuum") }
            guard (vampire == nil) != (input == nil) else {
                throw ValidationError("give either --vampire FOLDER or --input FILE, or --model continuum")
            }
            guard material.map({ FilmMaterial.known[$0] != nil }) ?? true else {
                throw ValidationError("--material is one of \(FilmMaterial.known.keys.sorted().joined(separator: ", "))")
            }
        }
    }

    /// Every mode refuses the options that would do nothing in it.
    private func refuseIdleOptions() throws {
        let ofContinuumRun = ContinuumOptions.ofRun
        if vampire != nil {
            try GivenOptions.refuse(
                ["--input", "--rows", "--columns", "--material", "--damping", "--time-step", "--steps-per-input", "--threads"],
                "is said by the folder of --vampire, or does nothing with it; leave it out")
        }
        switch (model, input) {
        case (.macroCell, _):
            try GivenOptions.refuse(
                ["--threads", "--precision", "--cell-nm", "--magnetisation"] + ofContinuumRun, "needs --model continuum")
        case (.continuum, .some):
            try GivenOptions.refuse(
                ofContinuumRun, "does nothing with --input, whose table drives the film; leave one of them out")
        case (.continuum, nil):
            try GivenOptions.refuse(
                ["--rows", "--columns"], "goes with --input; without it --size-nm and --cell-nm say the grid")
            try GivenOptions.refuse(
                ["--time-step", "--steps-per-input"], "goes with --input; without it --step-fs and --sample-ps say the steps")
            try continuum.refuseIdleOptions()
        }
    }

    /// Files that the run reads.
    private var inputs: [String] {
        [vampire.map { $0 + "/input" }, input, continuum.film, continuum.field, continuum.initial, material].compactMap(\.self)
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            try OutputFile.check(output, inputs: inputs)
            try continuum.checkOutputs(inputs: inputs, beside: output)
            if let seed = continuum.seed { ProcessProvenance.note(seed: seed) }
            for input in inputs { ProcessProvenance.note(data: input) }
            if model == .continuum, input == nil {
                switch continuum.precision {
                case .double: return try runContinuum(Double.self)
                case .float: return try runContinuum(Float.self)
                }
            }
            let result = try vampire.map { try runFolder($0) } ?? runTable(input ?? "")
            try ProcessProvenance.write(beside: output, inputs: inputs)
            if json { return try Console.json(result) }
            for warning in result.warnings { log.warning("\(warning)") }
            let rate = String(format: "%.3g", result.cellStepsPerSecond)
            Console.result(
                "\(output): \(Console.count(result.inputs, "input")), \(Console.count(result.cells, "cell")), \(Console.number(result.seconds, digits: 3)) s, "
                    + "\(rate) cell-steps/s")
        }
    }

    private func continuumMaterial() throws -> ContinuumMaterial {
        var result = try ContinuumMaterial(named: material ?? "Py")
        if let damping { result.damping = damping }
        return result
    }

    private func runContinuum<Scalar: ContinuumScalar>(_ precision: Scalar.Type) throws {
        let described = try continuum.film.map { try FilmDescription(contentsOf: $0) }
        if let described, (described.temperature?.kelvin ?? 0) > 0, continuum.stepFs == nil {
            throw FilmError(.notPossible("\(described.file): a temperature needs fixed steps; add --step-fs"))
        }
        let job = try ContinuumFilmJob<Scalar>(
            continuum, film: described, material: continuumMaterial(), output: output, threads: threads)
        for warning in job.film.warnings { log.warning("\(warning)") }
        let result = try job.execute()
        try ProcessProvenance.write(beside: output, inputs: inputs)
        if json {
            try Console.json(result)
        } else {
            let mean = result.mean.map { Console.number($0, digits: 6) }.joined(separator: ", ")
            Console.result(
                "\(result.files.joined(separator: ", ")): \(Console.count(result.samples, "sample")) to \(result.simulatedSeconds * 1e9) ns, mean "
                    + "(\(mean)), \(Console.count(result.evaluations, "evaluation")), \(Console.number(result.seconds, digits: 2)) s"
            )
        }
        if result.stopped {
            let goesOn = continuum.checkpoint != nil ? "; --resume goes on" : ""
            Console.note("larmor: stopped; the files have what was computed\(goesOn)")
            throw StopRequest.exitCode
        }
        if result.relaxed == false {
            Console.note(
                "larmor: the run began although the film had not come to rest; take a larger --relax-torque, or another start")
            throw ExitCode(FailureKind.checkFailed.rawValue)
        }
    }

    private func runFolder(_ folder: String) throws -> Result {
        let run = try VAMPIRERun(folder: folder)
        let start = ContinuousClock.now
        var progress = ProgressLine("film")
        let moments = try run.moments { done in
            progress.show(Double(done) / Double(max(1, run.rows)), "\(done) of \(run.rows) inputs")
            return !StopRequest.isRequested
        }
        progress.done()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try VAMPIREOutput.write(moments, to: output)
        if moments.count < run.rows { throw stopped(moments.count) }
        return result(
            inputs: run.rows, cells: run.cells, steps: run.schedule.stepsPerInput, seconds, run.warnings.map { "\($0)" })
    }

    private func runTable(_ file: String) throws -> Result {
        let film = try reservoir()
        let table = try DriveTable(file: file, cells: film.cells)
        let start = ContinuousClock.now
        var progress = ProgressLine("film")
        var state = [Float](repeating: 0, count: 3 * film.cells)
        let states = try StatesOutput(output, cells: film.cells)
        for step in 0..<table.inputs where !StopRequest.isRequested {
            try film.step(Array(table.values[step * film.cells..<(step + 1) * film.cells]), &state)
            try states.append(state)
            progress.show(Double(step + 1) / Double(table.inputs), "\(step + 1) of \(table.inputs) inputs")
        }
        progress.done()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try states.finish()
        let done = states.count
        if done < table.inputs { throw stopped(done) }
        return result(inputs: done, cells: film.cells, steps: stepsPerInput, seconds, film.warnings)
    }

    private typealias Driven = (
        cells: Int, warnings: [String], step: (_ drive: [Float], _ state: inout [Float]) throws -> Void
    )

    /// A film of either model that takes one input after the other.
    private func reservoir() throws -> Driven {
        switch model {
        case .macroCell:
            guard let material = FilmMaterial.known[material ?? "Ni"] else { throw ExitCode.validationFailure }
            let film = try MacroCellFilm<Float>(
                MacroCellFilmConfiguration(
                    rows: rows ?? 10, columns: columns ?? 10, material: material, damping: damping ?? 0.1, timeStep_s: timeStep,
                    stepsPerInput: stepsPerInput))
            return (
                film.cells, [],
                { drive, state in
                    drive.withUnsafeBufferPointer { drive in
                        state.withUnsafeMutableBufferPointer { film.step(drive: drive, into: $0) }
                    }
                }
            )
        case .continuum:
            switch continuum.precision {
            case .double: return try continuumReservoir(Double.self)
            case .float: return try continuumReservoir(Float.self)
            }
        }
    }

    private func continuumReservoir<Scalar: ContinuumScalar>(_ precision: Scalar.Type) throws -> Driven {
        let film: ContinuumFilm<Scalar> = try continuumFilm()
        let driven = try DrivenContinuumFilm(film, timeStep_s: timeStep, stepsPerInput: stepsPerInput)
        return (
            driven.cells, film.warnings,
            { drive, state in
                try drive.withUnsafeBufferPointer { drive in
                    try state.withUnsafeMutableBufferPointer { try driven.step(drive: drive, into: $0) }
                }
            }
        )
    }

    /// The film that takes inputs: of the file, or of rows and columns.
    private func continuumFilm<Scalar: ContinuumScalar>() throws -> ContinuumFilm<Scalar> {
        if let file = continuum.film {
            return try FilmDescription(contentsOf: file).makeFilm(threads: threads, precision: Scalar.self)
        }
        let mesh = try FilmMesh(nx: columns ?? 10, ny: rows ?? 10, cellSize_m: continuum.cell_nm * 1e-9)
        try FilmMemory.check(mesh)
        let film = try ContinuumFilm<Scalar>(mesh: mesh, material: continuumMaterial(), threads: mesh.threads(threads))
        film.setMagnetisation { _ in continuum.start }
        return film
    }

    private func stopped(_ inputs: Int) -> ExitCode {
        Console.note("larmor: stopped; \(output) has the states of \(Console.count(inputs, "input"))")
        return StopRequest.exitCode
    }

    private func result(inputs: Int, cells: Int, steps: Int, _ seconds: Double, _ warnings: [String]) -> Result {
        Result(
            output: output, inputs: inputs, cells: cells, seconds: seconds,
            cellStepsPerSecond: Double(inputs * cells * steps) / max(seconds, 1e-9), warnings: warnings)
    }
}
