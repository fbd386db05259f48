import Dispatch
import Synchronization

/// Continuum films, or input sequences for copies of one film, side by side: each film has one thread, and threads take whole
/// films, so every film does exactly what it would do alone, bit for bit, for any number of threads.
public final class ContinuumBatch<Scalar: ContinuumScalar> {
    public let films: [DrivenContinuumFilm<Scalar>]
    /// Cells of one film.
    public let cells: Int

    /// - Parameter films: of the same number of cells, each made with one thread.
    /// - Throws: `FilmError` for no film, and for a film with another number of cells.
    public init(_ films: [DrivenContinuumFilm<Scalar>]) throws(FilmError) {
        guard let first = films.first else {
            throw FilmError(.outOfRange(name: "number of films", value: 0, expected: "at least 1"))
        }
        for (index, film) in films.enumerated() where film.cells != first.cells {
            throw FilmError(.differentGeometry(film: index))
        }
        self.films = films
        cells = first.cells
    }

    /// All films back to their initial states.
    /// - Parameter seed: of films at a temperature; film k takes seed + k.
    public func reset(seed: UInt64) {
        for (index, film) in films.enumerated() { film.reset(seed: seed &+ UInt64(index)) }
    }

    /// Drives all films.
    /// - Parameters:
    ///   - inputs: tesla along the normal, shape `[steps, films, cells]`.
    ///   - states: unit vectors after each input, shape `[steps, films, 3, cells]`, overwritten.
    ///   - threads: at least 1.
    /// - Throws: the `FilmError` of the first film that has one; its states are then undefined from that step on.
    public func run(
        _ inputs: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>, threads: Int = 1
    ) throws(FilmError) {
        precondition(inputs.count % (films.count * cells) == 0, "inputs must hold whole steps")
        precondition(states.count == 3 * inputs.count && threads >= 1, "states must have three values per input value")
        let work = Work(films: films, cells: cells, inputs: inputs, states: states)
        let failures = Mutex<[Int: FilmError]>([:])
        let hands = min(threads, films.count)
        DispatchQueue.concurrentPerform(iterations: hands) { hand in
            for index in stride(from: hand, to: work.films.count, by: hands) {
                do throws(FilmError) {
                    try work.run(index)
                } catch {
                    failures.withLock { $0[index] = error }
                }
            }
        }
        if let failure = failures.withLock({ $0.min { $0.key < $1.key }?.value }) { throw failure }
    }

    /// `@unchecked Sendable` because each film and its part of the states is touched by one thread only.
    private struct Work: @unchecked Sendable {
        let films: [DrivenContinuumFilm<Scalar>]
        let cells: Int
        let inputs: UnsafeBufferPointer<Float>
        let states: UnsafeMutableBufferPointer<Float>

        func run(_ index: Int) throws(FilmError) {
            for step in 0..<inputs.count / (films.count * cells) {
                let start = (step * films.count + index) * cells
                try films[index].step(
                    drive: UnsafeBufferPointer(rebasing: inputs[start..<start + cells]),
                    into: UnsafeMutableBufferPointer(rebasing: states[3 * start..<3 * (start + cells)]))
            }
        }
    }
}
