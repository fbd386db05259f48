public import LinearAlgebra
public import MagneticFilm

/// A continuum film that is driven and read through contacts. Computes in 64 bits.
public final class ContactFilmReservoir: Reservoir {
    private let film: ContactFilm<Double>
    public var inputs: Int { film.contacts.count }
    /// Components x, y, z of all contacts for each reading.
    public var nodes: Int { film.nodes }
    public var description: String {
        let (mesh, contacts) = (film.film.mesh, film.contacts)
        let read = film.readings == 1 ? "" : ", \(film.readings) readings"
        return
            "continuum film of \(mesh.nx) × \(mesh.ny) × \(mesh.nz) cells with \(contacts.columns) × \(contacts.rows) contacts\(read), "
            + film.film.material.name
    }

    public init(_ film: ContactFilm<Double>) { self.film = film }

    public func reset(seed: UInt64) { film.reset(seed: seed) }

    /// - Throws: `FilmError` for a drive that is not finite or too large for the film's step.
    public func run(_ inputs: [Float]) throws -> [Float] {
        precondition(inputs.count % self.inputs == 0, "inputs must hold whole steps")
        let steps = Matrix(rows: inputs.count / self.inputs, columns: self.inputs, values: inputs.map { Double($0) })
        return try states(steps).values.map { Float($0) }
    }

    public func states(_ inputs: Matrix<Double>) throws -> Matrix<Double> {
        precondition(inputs.columns == self.inputs, "a row has one value for each contact")
        var states = [Double](repeating: 0, count: inputs.rows * nodes)
        try inputs.values.withUnsafeBufferPointer { drive in
            try states.withUnsafeMutableBufferPointer { states in
                for step in 0..<inputs.rows {
                    try film.step(
                        drive: UnsafeBufferPointer(rebasing: drive[step * self.inputs..<(step + 1) * self.inputs]),
                        into: UnsafeMutableBufferPointer(rebasing: states[step * nodes..<(step + 1) * nodes]))
                }
            }
        }
        return Matrix(rows: inputs.rows, columns: nodes, values: states)
    }
}
