/// When the study's program changes its drive, notes its state and refreshes its dipole field.
///
/// With calls to the integrator counted from 1 and S steps per input: calls 1 … S−1 have no drive; at call k·S the drive
/// becomes input k (counted from 1); the state noted at call k·S is the one at the start of call k·S − 1. The dipole field is
/// refreshed after every call whose number is a multiple of the dipole interval. The program writes the states noted from
/// the second time on, so the row written for an input is the answer to that input, S − 2 steps after it came.
public struct StudySchedule: Sendable, Equatable {
    public var stepsPerInput: Int
    public var dipoleInterval: Int
    /// The program's output rate R: it writes the moments back to its atoms after a call only when the call's number does not
    /// leave 2 mod R, and the dipole refresh reads the atoms, so a refresh after such a call takes the film one step back.
    public var outputRate: Int

    public init(stepsPerInput: Int, dipoleInterval: Int = 100, outputRate: Int = 1) {
        self.stepsPerInput = stepsPerInput
        self.dipoleInterval = dipoleInterval
        self.outputRate = outputRate
    }

    func refreshTakesBack(call: Int) -> Bool { (call - 1) % outputRate == 1 }
}

extension MacroCellFilm {
    /// Runs a sequence with the exact order of operations of the founding study's program, for comparison with its files.
    ///
    /// - Parameters:
    ///   - inputs: tesla per cell, one row per input, for film 0. Cells stand in the order of the study's files: the index along
    ///     y runs fastest.
    ///   - schedule: by default that of the configuration, with the dipole field refreshed every 100 steps.
    ///   - progress: called with the number of inputs done; `false` stops the run.
    /// - Returns: unit vectors per input in the same order of cells, shape `[inputs][3 · cells]`: all m_x, all m_y, all m_z.
    ///   Shorter when stopped.
    public func studyRun(
        _ inputs: [[Double]], schedule: StudySchedule? = nil, progress: (Int) -> Bool = { _ in true }
    ) throws(FilmError) -> [[Double]] {
        for (row, input) in inputs.enumerated() {
            guard input.count == cells else {
                throw FilmError(.shape(name: "input \(row)", expected: cells, found: input.count))
            }
            if let place = input.firstIndex(where: { !$0.isFinite }) {
                throw FilmError(.notFinite(name: "input \(row)", at: place))
            }
        }
        let schedule = schedule ?? StudySchedule(stepsPerInput: configurations[0].stepsPerInput)
        for (name, value) in [
            ("steps per input", schedule.stepsPerInput), ("dipole interval", schedule.dipoleInterval),
            ("output rate", schedule.outputRate),
        ] where value < 1 {
            throw FilmError(.outOfRange(name: name, value: Double(value), expected: "at least 1"))
        }
        let steps = schedule.stepsPerInput
        let (rows, columns) = (configurations[0].rows, configurations[0].columns)
        // Place of each of our cells (x fastest) in the study's order.
        let place = (0..<cells).map { $0 % columns * rows + $0 / columns }
        var answers: [[Double]] = []
        answers.reserveCapacity(inputs.count)
        var drive = [Double](repeating: 0, count: cells)
        var calls = 0
        var inputsGiven = 0
        var quiet = refreshedNormalField()
        while answers.count < inputs.count {
            // What happens next, each after a number of calls.
            let note = max(0, (answers.count + 2) * steps - 2)
            let input = inputsGiven < inputs.count ? (inputsGiven + 1) * steps - 1 : .max
            let refresh = (calls / schedule.dipoleInterval + 1) * schedule.dipoleInterval
            let next = max(calls, min(note, input, refresh))
            let isRefreshed = next == refresh && configurations[0].includesDipoles
            advance(steps: next - calls - (isRefreshed && schedule.refreshTakesBack(call: next) ? 1 : 0))
            calls = next
            if isRefreshed { quiet = refreshedNormalField() }
            if next == input {
                for cell in 0..<cells { drive[cell] = inputs[inputsGiven][place[cell]] }
                inputsGiven += 1
            }
            for cell in 0..<cells { memory.b.z[cell * films] = quiet[cell] + Scalar(drive[cell]) }
            if next == note {
                answers.append(snapshot(place, isRefreshed: isRefreshed))
                if !progress(answers.count) { break }
            }
        }
        return answers
    }

    /// Refreshes the constant field; film 0's part along the normal, without drive.
    private func refreshedNormalField() -> [Scalar] {
        refreshField()
        return (0..<cells).map { memory.b.z[$0 * films] }
    }

    /// A warm film's moments are shortened until the step after a refresh.
    private func snapshot(_ place: [Int], isRefreshed: Bool) -> [Double] {
        var values = [Double](repeating: 0, count: 3 * cells)
        for cell in 0..<cells {
            let m = magnetisation(cell: cell) * (isRefreshed ? temperature?.length(cell * films) ?? 1 : 1)
            for axis in 0..<3 { values[axis * cells + place[cell]] = m[axis] }
        }
        return values
    }
}
