public import Failures

/// A film that cannot be simulated as described.
public struct FilmError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        case outOfRange(name: String, value: Double, expected: String)
        case notFinite(name: String, at: Int)
        case shape(name: String, expected: Int, found: Int)
        case differentGeometry(film: Int)
        /// The largest field turns a moment by more than this many radians in one step.
        case unstableTimeStep(radians: Double, limit: Double)
        /// Two things that do not go together, and what to do.
        case notPossible(String)
    }

    public var reason: Reason

    public init(_ reason: Reason) { self.reason = reason }

    public var kind: FailureKind { .badInput }

    public var description: String {
        switch reason {
        case .outOfRange(let name, let value, let expected): "\(name) is \(value), expected \(expected)"
        case .notFinite(let name, let place): "\(name) has a value that is not finite at \(place)"
        case .shape(let name, let expected, let found): "\(name) needs \(expected) values, found \(found)"
        case .differentGeometry(let film): "film \(film) has other rows, columns or steps than film 0 of the same array"
        case .unstableTimeStep(let radians, let limit):
            "the time step turns a moment by \(radians) rad in its largest internal field, more than \(limit); use a smaller step"
        case .notPossible(let text): text
        }
    }
}
