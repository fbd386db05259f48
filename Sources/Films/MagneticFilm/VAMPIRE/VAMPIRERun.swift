import Foundation

/// A run folder of VAMPIRE's reservoir version: `input`, the material file that it names and `sourcefield.txt`.
///
/// It is run by a ``MacroCellFilm`` in double precision, and its answer is the `reservoir_output.txt` that VAMPIRE would write.
/// Films are one or more layers of a simple cubic lattice within one layer of macro-cells, of one material; anything else is
/// refused with the key's line. Above 0 K the moments are a draw from the same distribution, by `sim:integrator-random-seed`.
///
/// - Source: the program's own reading of its files, in MaterialMan/Spinspired, `Support files/Simulators/vampire`.
public struct VAMPIRERun {
    public let folder: String
    public let configuration: MacroCellFilmConfiguration
    public let schedule: StudySchedule
    public let initialDirection: SIMD3<Double>
    /// Tesla, the same for all cells.
    public let appliedField_T: SIMD3<Double>
    /// Number of inputs that are answered: one less than the program's number of increments.
    public let rows: Int
    /// Tesla per cell, shape `[rows][cells]`, in the order of the program's cells: the index along y runs fastest.
    public let inputs: [[Double]]
    /// Keys that were ignored, and a time step that is too long for the film.
    public let warnings: [VAMPIREWarning]

    public var cells: Int { configuration.cells }

    /// - Throws: ``VAMPIREError``.
    public init(folder: String) throws(VAMPIREError) {
        let inputFile = folder + "/input"
        let input = try VAMPIREInput(file: inputFile)
        let material = try VAMPIREMaterial(
            file: folder + "/" + input.materialFile, latticeConstant: input.latticeConstant * 1e-10)
        self.folder = folder
        schedule = input.schedule
        initialDirection = material.initialDirection
        appliedField_T = input.appliedField
        let columns = MacroCellAxis.cells(extent: input.size.x, cellSize: input.cellSize)
        let filmRows = MacroCellAxis.cells(extent: input.size.y, cellSize: input.cellSize)
        let layers = MacroCellAxis.cells(extent: input.size.z, cellSize: input.cellSize)
        guard layers == 1 else {
            throw VAMPIREError(
                .unsupported(key: "dimensions:system-size-z", found: "\(layers) layers of cells", supported: "one"),
                file: inputFile)
        }
        guard columns <= 2000, filmRows <= 2000, columns * filmRows > 1 else {
            throw VAMPIREError(
                .unsupported(
                    key: "dimensions:system-size-x", found: "\(columns) × \(filmRows) cells",
                    supported: "2 to 2000 × 2000 cells"), file: inputFile)
        }
        var configuration = MacroCellFilmConfiguration(
            rows: filmRows, columns: columns, cellSize_m: input.cellSize * 1e-10, material: material.material,
            damping: material.damping, timeStep_s: input.timeStep, stepsPerInput: min(input.schedule.stepsPerInput, 1_000_000),
            gyromagneticRatio: StudyConstants.gyromagneticRatio, includesDipoles: input.includesDipoles)
        configuration.extent = .init(
            x_m: input.size.x * 1e-10, y_m: input.size.y * 1e-10, z_m: input.size.z * 1e-10)
        configuration.nearDistance_cells = input.nearDistance
        if input.temperature_K > 0 { configuration.temperature = .init(kelvin: input.temperature_K, seed: input.seed) }
        var warnings = input.warnings + material.warnings
        // Before the film: fields for all cells are there, so it is no larger than its files allow.
        let sourceFile = folder + "/sourcefield.txt"
        let source = try VAMPIRESourceField(file: sourceFile, cells: configuration.cells)
        do {
            try configuration.check()
            _ = try MacroCellFilm<Double>(configuration)
        } catch {
            guard case .unstableTimeStep = error.reason else { throw VAMPIREError(.film(error), file: inputFile) }
            // The program takes such steps; whoever compares wants to see the same.
            warnings.append(VAMPIREWarning(file: inputFile, text: error.description))
        }
        self.configuration = configuration
        self.warnings = warnings

        let rows = max(0, input.totalSteps / input.schedule.stepsPerInput - 1)
        guard source.inputs.count >= rows else {
            throw VAMPIREError(
                .rows(
                    expected: "at least \(rows) rows of fields (sim:total-time-steps / sim:time-steps-increment − 1)",
                    found: source.inputs.count), file: sourceFile)
        }
        self.rows = rows
        inputs = Array(source.inputs.prefix(rows))
    }

    /// The moments after each input.
    /// - Parameter progress: called with the number of inputs done; `false` stops the run.
    /// - Returns: A m² in the order of the program's cells, shape `[rows][3 · cells]`: all x, all y, all z. Shorter when stopped.
    /// - Throws: ``VAMPIREError`` when the film cannot be stepped so.
    public func moments(progress: (Int) -> Bool = { _ in true }) throws(VAMPIREError) -> [[Double]] {
        let (cells, columns, filmRows) = (cells, configuration.columns, configuration.rows)
        do {
            let film = try MacroCellFilm<Double>(configuration, allowsLargeTurns: true)
            film.appliedField_T = appliedField_T
            for cell in 0..<cells { film.setMagnetisation(initialDirection, cell: cell) }
            let states = try film.studyRun(inputs, schedule: schedule, progress: progress)
            let moments = (0..<cells).map { film.moments[$0 % filmRows * columns + $0 / filmRows] }
            // 0 × −1 is −0, which the program does not print.
            return states.map { state in state.indices.map { state[$0] * moments[$0 % cells] + 0 } }
        } catch {
            throw VAMPIREError(.film(error), file: folder + "/input")
        }
    }
}
