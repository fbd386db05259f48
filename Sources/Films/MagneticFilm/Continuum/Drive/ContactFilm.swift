/// A continuum film that is driven and read through contacts: one input is a value for each contact, held for a number of steps;
/// read is the mean magnetisation under each contact, once or several times during an input.
public final class ContactFilm<Scalar: ContinuumScalar> {
    /// What an input is.
    public enum Drive: Sendable, Equatable {
        /// A field in tesla along a direction.
        case field(direction: SIMD3<Double>)
        /// A current through the film in A/m², above 0 as in ``SlonczewskiTerm``.
        case current(SlonczewskiParameters)
    }

    public let film: ContinuumFilm<Scalar>
    public let contacts: FilmContacts
    public let drive: Drive
    /// Seconds per step.
    public let timeStep_s: Double
    /// A multiple of ``readings``.
    public let stepsPerInput: Int
    /// Per input, evenly spread; the last one is at its end.
    public let readings: Int
    private let method: ButcherTableau
    private let start: VectorField<Scalar>
    private let setDrive: (_ cell: Int, _ value: Double) -> Void

    /// The film's present state is the one that `reset` goes back to.
    /// - Throws: `FilmError` for a step that is not stable, numbers out of range, and a direction of no length.
    public init(
        _ film: ContinuumFilm<Scalar>, contacts: FilmContacts, drive: Drive, timeStep_s: Double, stepsPerInput: Int,
        readings: Int = 1, method: ButcherTableau = .heun
    ) throws(FilmError) {
        guard (1...1_000_000).contains(stepsPerInput) else {
            throw FilmError(.outOfRange(name: "steps per input", value: Double(stepsPerInput), expected: "1 to 1000000"))
        }
        guard (1...stepsPerInput).contains(readings), stepsPerInput % readings == 0 else {
            throw FilmError(
                .outOfRange(
                    name: "readings per input", value: Double(readings),
                    expected: "a number that divides the \(stepsPerInput) steps per input"))
        }
        precondition(contacts.contact.count == film.mesh.cells, "contacts of another film")
        try film.checkTimeStep(timeStep_s, method)
        (self.film, self.contacts, self.drive, self.timeStep_s) = (film, contacts, drive, timeStep_s)
        (self.stepsPerInput, self.readings, self.method) = (stepsPerInput, readings, method)
        switch drive {
        case .field(let direction):
            let term = try film.addCellDrive(along: direction)
            setDrive = { term[$0] = $1 }
        case .current(let parameters):
            let term = try film.addCurrentPerCell(parameters)
            setDrive = { term.set($1, at: $0) }
        }
        start = VectorField(film.mesh)
        start.set(film.m)
    }

    /// Values of a state, shape `[readings, 3, contacts]`.
    public var nodes: Int { 3 * contacts.count * readings }

    /// Back to the state at the start, without drive; random numbers of a film at a temperature begin anew.
    public func reset(seed: UInt64) {
        film.reseed(seed)
        film.m.set(start)
        film.time_s = 0
        film.noiseStep = 0
        for cell in 0..<film.mesh.cells { setDrive(cell, 0) }
    }

    /// - Parameters:
    ///   - values: one for each contact, x fastest.
    ///   - means: of the unit vectors under each contact, shape `[readings, 3, contacts]`, overwritten.
    /// - Throws: `FilmError` for a drive that is not finite or so large that the step is not stable.
    public func step(
        drive values: UnsafeBufferPointer<Double>, into means: UnsafeMutableBufferPointer<Double>
    ) throws(FilmError) {
        precondition(values.count == contacts.count && means.count == nodes, "drive or means of wrong length")
        if let place = values.firstIndex(where: { !$0.isFinite }) { throw FilmError(.notFinite(name: "drive", at: place)) }
        for (cell, contact) in contacts.contact.enumerated() where contact >= 0 { setDrive(cell, values[contact]) }
        for reading in 0..<readings {
            try film.advance(steps: stepsPerInput / readings, timeStep_s: timeStep_s, method: method)
            let place = reading * 3 * contacts.count
            read(into: UnsafeMutableBufferPointer(rebasing: means[place..<place + 3 * contacts.count]))
        }
    }

    private func read(into means: UnsafeMutableBufferPointer<Double>) {
        means.update(repeating: 0)
        for (cell, contact) in contacts.contact.enumerated() where contact >= 0 {
            let m = film.m[cell]
            for axis in 0..<3 { means[axis * contacts.count + contact] += m[axis] }
        }
        for axis in 0..<3 {
            for contact in 0..<contacts.count { means[axis * contacts.count + contact] /= Double(contacts.cells[contact]) }
        }
    }
}
