public import Failures

/// Why a reservoir made of a network, or of several reservoirs, cannot be.
public enum NetworkError: Failure, Equatable {
    /// Numbers that do not go together: what does not fit, how much was expected, how much there is.
    case shape(what: String, expected: Int, found: Int)
    /// A setting outside its range.
    case setting(name: String, expected: String, found: Double)
    /// A weight that is not finite, or a connection to a node that is not there; its place in the list.
    case weight(what: String, place: Int)
    /// An input that is not finite; step and input from 0.
    case notFinite(step: Int, input: Int)
    /// No connections that could be scaled to a spectral radius.
    case noConnections

    public var kind: FailureKind { .badInput }

    public var description: String {
        switch self {
        case .shape(let what, let expected, let found): "network: expected \(expected) \(what), found \(found)"
        case .setting(let name, let expected, let found): "network: \(name): expected \(expected), found \(found)"
        case .weight(let what, let place):
            "network: \(what), number \(place): expected a finite weight between nodes that there are"
        case .notFinite(let step, let input): "network: step \(step), input \(input): expected a finite number"
        case .noConnections:
            "network: no loop of connections, so it has no spectral radius to be scaled; expected a larger density or more nodes"
        }
    }
}
