/// When drive and state belong to an input of a film that is driven input by input.
public enum InputOrdering: String, Sendable, CaseIterable, Codable {
    /// The drive acts from the first step of its input on, and the answer is the state after the last one.
    case heldThenRead = "held-then-read"
    /// As the founding study's program, see ``StudySchedule``: the drive changes one step before its input's last one, and the
    /// answer is the state two steps before the next input's end.
    case study
}

/// Macro-cell films driven input by input in either order, their dipole field refreshed every so many steps, counted from the
/// reset.
///
/// With the order `heldThenRead` and a refresh once per input it is `MacroCellFilm.step`; with the order `study` it gives, input by
/// input, what `MacroCellFilm.studyRun` gives for a whole sequence at output rate 1.
public final class ScheduledMacroCellFilm {
    public let film: MacroCellFilm<Float>
    public let ordering: InputOrdering
    /// The dipole field is refreshed every so many steps.
    public let refreshSteps: Int
    /// Steps since the reset.
    private var steps = 0
    private var inputs = 0
    /// The constant field along the normal without drive, and the drive, shape `[cells, films]`.
    private var quiet: [Float]
    private var drive: [Float]

    /// - Parameters:
    ///   - film: at 0 K, in its initial state.
    ///   - ordering: whether a state is read before or after its input acts.
    ///   - refreshSteps: 1 to 10⁶; nil is once per input.
    /// - Throws: `FilmError` for a refresh out of range and a film above 0 K, whose noise follows `MacroCellFilm.step`.
    public init(_ film: MacroCellFilm<Float>, ordering: InputOrdering, refreshSteps: Int? = nil) throws(FilmError) {
        let refresh = refreshSteps ?? film.configurations[0].stepsPerInput
        guard (1...1_000_000).contains(refresh) else {
            throw FilmError(.outOfRange(name: "steps between refreshes", value: Double(refresh), expected: "1 to 10⁶"))
        }
        guard film.temperature == nil else {
            throw FilmError(.notPossible("a film above 0 K is driven by its own step only; take its temperature away"))
        }
        (self.film, self.ordering, self.refreshSteps) = (film, ordering, refresh)
        quiet = [Float](repeating: 0, count: film.films * film.cells)
        drive = quiet
    }

    public func reset() {
        film.reset()
        (steps, inputs) = (0, 0)
        for place in drive.indices { drive[place] = 0 }
    }

    /// One input and its answer.
    /// - Parameters:
    ///   - fields: tesla along the normal, shape `[films, cells]`.
    ///   - states: unit vectors, shape `[films, 3, cells]`, overwritten.
    public func step(drive fields: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>) {
        let (films, cells) = (film.films, film.cells)
        precondition(fields.count == films * cells && states.count == 3 * films * cells, "drive or states of wrong length")
        let held = film.configurations[0].stepsPerInput
        let (from, to) =
            switch ordering {
            case .heldThenRead: (inputs * held, (inputs + 1) * held)
            case .study: ((inputs + 1) * held - 1, (inputs + 2) * held - 2)
            }
        advance(to: from)
        for number in 0..<films {
            for cell in 0..<cells { drive[cell * films + number] = fields[number * cells + cell] }
        }
        setField()
        advance(to: to)
        inputs += 1
        for number in 0..<films {
            for cell in 0..<cells {
                let m = film.magnetisation(film: number, cell: cell)
                for axis in 0..<3 { states[(3 * number + axis) * cells + cell] = Float(m[axis]) }
            }
        }
    }

    private func advance(to end: Int) {
        while steps < end {
            if steps % refreshSteps == 0 {
                film.refreshField()
                for place in quiet.indices { quiet[place] = film.memory.b.z[place] }
                setField()
            }
            let next = min(end, (steps / refreshSteps + 1) * refreshSteps)
            film.advance(steps: next - steps)
            steps = next
        }
    }

    private func setField() {
        for place in quiet.indices { film.memory.b.z[place] = quiet[place] + drive[place] }
    }
}
