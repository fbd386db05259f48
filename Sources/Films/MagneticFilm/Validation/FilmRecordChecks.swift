import Foundation

/// The founding study's published run: every cell, direction and input.
enum FilmRecordChecks {
    static let group = FilmCheckGroup("film record", seconds: 0.5, isQuick: true, needs: "film-record/reservoir_output.txt") {
        context in
        guard let folder = context.file("film-record") else { return [] }
        let run = try VAMPIRERun(folder: folder.path)
        let record = try VAMPIREOutput.read(folder.path + "/reservoir_output.txt", cells: run.cells)
        let source = "MaterialMan/Spinspired, batch0/core0, reservoir_output.txt (6 digits)"
        let what = "\(record.count) inputs × \(run.cells) cells × 3"
        guard record.count == run.rows else {
            return [
                FilmCheck(
                    "film record: inputs", Double(run.rows), reference: Double(record.count), tolerance: 0, source: source)
            ]
        }
        return [
            FilmCheck(
                "film record, Double: largest deviation of \(what), of the moment", try deviation(Double.self, run, record),
                reference: 0, tolerance: 1e-5, source: source),
            FilmCheck(
                "film record, Float: largest deviation of \(what), of the moment", try deviation(Float.self, run, record),
                reference: 0, tolerance: 1e-4, source: source),
        ]
    }

    private static func deviation<Scalar: MacroCellScalar>(
        _: Scalar.Type, _ run: VAMPIRERun, _ record: [[Double]]
    ) throws(FilmError) -> Double {
        let film = try MacroCellFilm<Scalar>(run.configuration, allowsLargeTurns: true)
        film.appliedField_T = run.appliedField_T
        for cell in 0..<film.cells { film.setMagnetisation(run.initialDirection, cell: cell) }
        let states = try film.studyRun(run.inputs, schedule: run.schedule)
        let (rows, columns) = (run.configuration.rows, run.configuration.columns)
        // The program's cells have y running fastest.
        let moments = (0..<film.cells).map { film.moments[$0 % rows * columns + $0 / rows] }
        var largest = 0.0
        for (state, expected) in zip(states, record) {
            for (k, value) in state.enumerated() {
                let distance = abs(value - expected[k] / moments[k % film.cells])
                if !(distance <= largest) { largest = distance }
            }
        }
        return largest
    }
}
