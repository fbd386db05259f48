public import Failures

/// Why a factorisation or solve has no answer.
public struct LinearAlgebraError: Failure, Equatable {
    /// What stood in the way.
    public enum Reason: Equatable, Sendable {
        /// The leading minor of this order is not positive.
        case notPositiveDefinite(order: Int)
        /// The pivot at this place is exactly zero.
        case singular(at: Int)
        /// An iterative method did not reach its tolerance.
        case notConverged
        /// Sizes that do not fit together.
        case shape(expected: String, found: String)
        /// The input has NaN or infinite values.
        case notFinite
    }

    /// What was asked for: "Cholesky factorisation".
    public var operation: String
    public var reason: Reason

    public init(operation: String, reason: Reason) {
        self.operation = operation
        self.reason = reason
    }

    public var kind: FailureKind { .badInput }

    public var description: String {
        switch reason {
        case .notPositiveDefinite(let order): "\(operation): the leading minor of order \(order) is not positive"
        case .singular(let place): "\(operation): the matrix is singular (pivot \(place) is zero)"
        case .notConverged: "\(operation): did not converge"
        case .shape(let expected, let found): "\(operation): expected \(expected), found \(found)"
        case .notFinite: "\(operation): the input has values that are not finite"
        }
    }
}
