public import MagneticFilm
public import Protocols

/// What the film firmware needs of a film, or of several side by side: whole inputs in, whole states out.
public protocol DrivenFilm: AnyObject {
    /// Fields of one input, tesla along the normal, shape `[films, cells]`.
    var channels: Int { get }
    /// Films side by side; 1 unless it is said otherwise.
    var films: Int { get }
    /// For people: "macro-cell film 4×100 Ni".
    var name: String { get }
    var timing: RigLinkTiming { get }

    /// Back to the initial state.
    /// - Parameter seed: of films at a temperature; others are the same for each.
    func reset(seed: UInt64)

    /// - Parameter states: unit vectors, shape `[films, 3, cells]`, overwritten.
    /// - Throws: `FilmError` when the drive is too large for the film's step.
    func answer(
        _ drive: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>
    ) throws(FilmError)
}

extension DrivenFilm {
    public var films: Int { 1 }
}

extension InputOrdering {
    /// As the descriptor says it.
    public var declared: RigLinkTiming.Ordering {
        switch self {
        case .heldThenRead: .heldThenRead
        case .study: .study
        }
    }
}

extension ScheduledMacroCellFilm: DrivenFilm {
    public var channels: Int { film.films * film.cells }
    public var films: Int { film.films }
    public var name: String { "macro-cell film \(film.films)×\(film.cells) \(film.configurations[0].material.name)" }

    public var timing: RigLinkTiming {
        let first = film.configurations[0]
        return RigLinkTiming(
            model: "macro-cell", timeStep_s: first.timeStep_s, stepsPerInput: UInt32(first.stepsPerInput),
            refreshSteps: UInt32(refreshSteps), ordering: ordering.declared)
    }

    public func reset(seed: UInt64) { reset() }

    public func answer(
        _ drive: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>
    ) throws(FilmError) { step(drive: drive, into: states) }
}

/// Continuum films of one size, one after the other.
public final class ContinuumFilmArray: DrivenFilm {
    private let array: [DrivenContinuumFilm<Double>]
    public var films: Int { array.count }
    public let name: String
    public let timing: RigLinkTiming

    /// - Parameter name: of what the films are; nil takes the first one's material.
    /// - Throws: `FilmError` for no film, and for films of different numbers of cells or steps.
    public init(_ films: [DrivenContinuumFilm<Double>], of name: String? = nil) throws(FilmError) {
        guard let first = films.first else {
            throw FilmError(.outOfRange(name: "number of films", value: 0, expected: "at least 1"))
        }
        for (index, film) in films.enumerated()
        where film.cells != first.cells || film.timeStep_s != first.timeStep_s || film.stepsPerInput != first.stepsPerInput {
            throw FilmError(.differentGeometry(film: index))
        }
        array = films
        self.name = "continuum film \(films.count)×\(first.cells) \(name ?? first.film.material.name)"
        timing = RigLinkTiming(
            model: "continuum", timeStep_s: first.timeStep_s, stepsPerInput: UInt32(first.stepsPerInput), refreshSteps: 0)
    }

    public var channels: Int { array.count * array[0].cells }

    /// Film k takes seed + k.
    public func reset(seed: UInt64) {
        for (index, film) in array.enumerated() { film.reset(seed: seed &+ UInt64(index)) }
    }

    public func answer(
        _ drive: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>
    ) throws(FilmError) {
        let cells = array[0].cells
        for (index, film) in array.enumerated() {
            try film.step(
                drive: UnsafeBufferPointer(rebasing: drive[index * cells..<(index + 1) * cells]),
                into: UnsafeMutableBufferPointer(rebasing: states[3 * index * cells..<3 * (index + 1) * cells]))
        }
    }
}
