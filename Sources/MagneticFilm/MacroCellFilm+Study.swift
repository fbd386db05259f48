extension MacroCellFilm {
    /// Runs a sequence with the exact order of operations of the founding study's program, for comparison with its files.
    ///
    /// With calls to the integrator counted from 1 and S steps per input: calls 1 … S−1 have no drive; at call k·S the drive
    /// becomes input k; the row stored for it is the state at the start of call k·S − 1; after call k·S the dipole field
    /// is refreshed. A row so shows the answer to the input before.
    /// - Parameter inputs: tesla per cell, one row per input, for film 0.
    /// - Returns: unit vectors per input, shape `[inputs][3 · cells]`.
    public func studyRun(_ inputs: [[Double]]) throws(FilmError) -> [[Double]] {
        for (row, input) in inputs.enumerated() {
            guard input.count == cells else {
                throw FilmError(.shape(name: "input \(row)", expected: cells, found: input.count))
            }
            if let place = input.firstIndex(where: { !$0.isFinite }) {
                throw FilmError(.notFinite(name: "input \(row)", at: place))
            }
        }
        let steps = configurations[0].stepsPerInput
        guard steps >= 2 else {
            throw FilmError(.outOfRange(name: "steps per input", value: Double(steps), expected: "at least 2"))
        }
        var rows: [[Double]] = []
        refreshField()
        // Steps done before call k·S − 1 of the first input.
        advance(steps: steps - 2)
        for (k, input) in inputs.enumerated() {
            rows.append(snapshot())
            advance(steps: 1)
            // The drive changes at this call, the dipoles only after it.
            let previous = k > 0 ? inputs[k - 1] : [Double](repeating: 0, count: cells)
            addDrive { _, cell in Scalar(input[cell] - previous[cell]) }
            advance(steps: 1)
            refreshField()
            addDrive { _, cell in Scalar(input[cell]) }
            advance(steps: steps - 2)
        }
        return rows
    }

    private func snapshot() -> [Double] {
        let vectors = (0..<cells).map { magnetisation(cell: $0) }
        return vectors.map(\.x) + vectors.map(\.y) + vectors.map(\.z)
    }
}
