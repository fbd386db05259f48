extension MacroCellFilm {
    /// Runs a sequence with the exact order of operations of the founding study's program, for comparison with its files.
    ///
    /// With calls to the integrator counted from 1 and S steps per input: calls 1 … S−1 have no drive; at call k·S the drive
    /// becomes input k (counted from 1); the state noted at call k·S is the one at the start of call k·S − 1; after call k·S
    /// the dipole field is refreshed. The program writes the states noted from the second time on, so the row written for
    /// an input is the answer to that input, S − 2 steps after it came.
    /// - Parameter inputs: tesla per cell, one row per input, for film 0. Cells stand in the order of the study's files:
    ///   the index along y runs fastest.
    /// - Returns: unit vectors per input in the same order of cells, shape `[inputs][3 · cells]`: all m_x, all m_y, all m_z.
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
        let (rows, columns) = (configurations[0].rows, configurations[0].columns)
        // Place of each of our cells (x fastest) in the study's order.
        let place = (0..<cells).map { $0 % columns * rows + $0 / columns }
        var answers: [[Double]] = []
        refreshField()
        advance(steps: steps - 1)
        var previous = [Double](repeating: 0, count: cells)
        for input in inputs {
            // The drive changes at this call, the dipoles only after it.
            addDrive { _, cell in Scalar(input[place[cell]] - previous[place[cell]]) }
            advance(steps: 1)
            refreshField()
            addDrive { _, cell in Scalar(input[place[cell]]) }
            advance(steps: steps - 2)
            answers.append(snapshot(place))
            advance(steps: 1)
            previous = input
        }
        return answers
    }

    private func snapshot(_ place: [Int]) -> [Double] {
        var values = [Double](repeating: 0, count: 3 * cells)
        for cell in 0..<cells {
            let m = magnetisation(cell: cell)
            for axis in 0..<3 { values[axis * cells + place[cell]] = m[axis] }
        }
        return values
    }
}
