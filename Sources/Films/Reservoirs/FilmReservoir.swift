public import MagneticFilm

/// An array of macro-cell films in this process.
public final class FilmReservoir: Reservoir {
    private let film: MacroCellFilm<Float>
    public var inputs: Int { film.films * film.cells }
    public var nodes: Int { 3 * film.films * film.cells }
    public var description: String {
        "\(film.films) macro-cell films of \(film.cells) cells, \(film.configurations[0].material.name)"
    }

    /// - Throws: `FilmError`.
    public init(_ configurations: [MacroCellFilmConfiguration]) throws(FilmError) {
        film = try MacroCellFilm<Float>(array: configurations)
    }

    /// The film has no noise: the seed changes nothing.
    public func reset(seed: UInt64) { film.reset() }

    public func run(_ inputs: [Float]) -> [Float] {
        precondition(inputs.count % self.inputs == 0, "inputs must hold whole steps")
        let steps = inputs.count / self.inputs
        var states = [Float](repeating: 0, count: steps * nodes)
        inputs.withUnsafeBufferPointer { inputs in
            states.withUnsafeMutableBufferPointer { states in
                for step in 0..<steps {
                    film.step(
                        drive: UnsafeBufferPointer(rebasing: inputs[step * self.inputs..<(step + 1) * self.inputs]),
                        into: UnsafeMutableBufferPointer(rebasing: states[step * nodes..<(step + 1) * nodes]))
                }
            }
        }
        return states
    }
}
