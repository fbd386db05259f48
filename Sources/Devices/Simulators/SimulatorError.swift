public import Failures

/// A simulator or stand-in that cannot work: what is missing, what to do.
public struct SimulatorError: Failure, Equatable {
    public var what: String
    public var remedy: String?

    public let kind: FailureKind

    public init(_ what: String, remedy: String? = nil, kind: FailureKind = .unavailable) {
        self.what = what
        self.remedy = remedy
        self.kind = kind
    }

    public var description: String { what + (remedy.map { "; \($0)" } ?? "") }
}
