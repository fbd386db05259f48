public import MagneticFilm

/// Continuum films in this process: the drive is a field along the normal for each cell, the state every cell's unit vector.
public final class ContinuumFilmReservoir: Reservoir {
    private let batch: ContinuumBatch<Double>
    private let threads: Int
    public var inputs: Int { batch.films.count * batch.cells }
    public var nodes: Int { 3 * inputs }
    public var description: String {
        let (count, film) = (batch.films.count, batch.films[0].film)
        return "\(count) continuum films of \(film.mesh.nx) × \(film.mesh.ny) × \(film.mesh.nz) cells, \(film.material.name)"
    }

    /// - Parameter threads: share the films; the numbers do not depend on it.
    public init(_ batch: ContinuumBatch<Double>, threads: Int = 1) {
        precondition(threads >= 1, "at least one thread")
        (self.batch, self.threads) = (batch, threads)
    }

    public func reset(seed: UInt64) { batch.reset(seed: seed) }

    /// - Parameter inputs: tesla, shape `[steps, films, cells]`.
    /// - Returns: shape `[steps, films, 3, cells]`.
    /// - Throws: `FilmError` for a drive that is not finite or too large for the film's step.
    public func run(_ inputs: [Float]) throws -> [Float] {
        precondition(inputs.count % self.inputs == 0, "inputs must hold whole steps")
        var states = [Float](repeating: 0, count: 3 * inputs.count)
        try inputs.withUnsafeBufferPointer { inputs in
            try states.withUnsafeMutableBufferPointer { try batch.run(inputs, into: $0, threads: threads) }
        }
        return states
    }
}
