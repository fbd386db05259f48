/// A continuum film as a reservoir: one input is a field along the normal for each cell, held for a number of steps; its
/// answer is the state at their end.
///
/// Unlike the macro-cell film, the demagnetising field belongs to every evaluation.
public final class DrivenContinuumFilm<Scalar: ContinuumScalar> {
    public let film: ContinuumFilm<Scalar>
    public let drive: CellDriveTerm<Scalar>
    /// Seconds per step.
    public let timeStep_s: Double
    public let stepsPerInput: Int
    public let method: ButcherTableau
    private let start: VectorField<Scalar>

    /// The film's present state is the one that `reset` goes back to.
    /// - Throws: `FilmError` for a step that is not stable, and for fewer than 1 or more than 1,000,000 steps per input.
    public init(
        _ film: ContinuumFilm<Scalar>, timeStep_s: Double, stepsPerInput: Int, method: ButcherTableau = .heun
    ) throws(FilmError) {
        guard (1...1_000_000).contains(stepsPerInput) else {
            throw FilmError(.outOfRange(name: "steps per input", value: Double(stepsPerInput), expected: "1 to 1000000"))
        }
        try film.checkTimeStep(timeStep_s, method)
        (self.film, self.timeStep_s, self.stepsPerInput, self.method) = (film, timeStep_s, stepsPerInput, method)
        drive = film.addCellDrive()
        start = VectorField(film.mesh)
        start.set(film.m)
    }

    public var cells: Int { film.mesh.cells }

    /// Back to the state at the start; the random numbers of a film at a temperature begin anew, too.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func reset() {
        film.m.set(start)
        film.time_s = 0
        film.noiseStep = 0
        for cell in 0..<cells { drive[cell] = 0 }
    }

    /// As `reset`, with random numbers of another seed.
    public func reset(seed: UInt64) {
        film.reseed(seed)
        reset()
    }

    /// - Parameters:
    ///   - fields: tesla along the normal, one per cell, x fastest.
    ///   - states: unit vectors, shape `[3, cells]` (all m_x, all m_y, all m_z), overwritten.
    /// - Throws: `FilmError` for a drive that is not finite or so large that the step is not stable; the film is unchanged.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func step(
        drive fields: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>
    ) throws(FilmError) {
        precondition(fields.count == cells && states.count == 3 * cells, "drive or states of wrong length")
        if let place = fields.firstIndex(where: { !$0.isFinite }) { throw FilmError(.notFinite(name: "drive", at: place)) }
        for cell in 0..<cells { drive[cell] = Double(fields[cell]) }
        try film.advance(steps: stepsPerInput, timeStep_s: timeStep_s, method: method)
        for cell in 0..<cells {
            let m = film.m[cell]
            for axis in 0..<3 { states[axis * cells + cell] = Float(m[axis]) }
        }
    }
}
