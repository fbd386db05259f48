public import Failures

/// What a search cannot work with.
public struct SearchError: Failure, Equatable {
    public enum Reason: Sendable, Equatable {
        /// An option that cannot be: its name, what was expected, what was found.
        case option(String, expected: String, found: String)
        /// A word of a list that the units cannot spell.
        case unspellable(String)
        /// A frame with another number of values than there are units.
        case width(expected: Int, found: Int)
        /// A value that is no log-probability; frame and unit count from 0.
        case emission(frame: Int, unit: Int, value: Float)
        /// A frame in which nothing is possible.
        case impossible(frame: Int)
    }
    public let reason: Reason

    public init(_ reason: Reason) { self.reason = reason }

    public var kind: FailureKind {
        switch reason {
        case .option, .unspellable: .usage
        default: .badInput
        }
    }

    public var description: String {
        switch reason {
        case .option(let name, let expected, let found): "\(name): expected \(expected), found \(found)"
        case .unspellable(let word): "the recogniser's units cannot spell “\(word.prefix(80))”; take it out of the list"
        case .width(let expected, let found): "a frame of \(found) values; expected one for each of the \(expected) units"
        case .emission(let frame, let unit, let value):
            "frame \(frame), unit \(unit): \(value) is no log-probability; expected 0 or less. Give the log-softmax of the outputs"
        case .impossible(let frame): "frame \(frame): no unit is possible; every log-probability is −∞"
        }
    }
}
