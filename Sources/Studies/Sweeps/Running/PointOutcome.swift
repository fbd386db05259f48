/// How one attempt at a point ended.
public struct PointOutcome: Codable, Sendable, Equatable {
    /// Nil where it was not the program that ended.
    public var exitCode: Int32?
    /// Why it failed; nil when there is a result.
    public var failure: String?
    /// Last lines; nil when it did not fail.
    public var standardError: String?
    /// The JSON object.
    public var result: String?
    /// The number at the objective's path.
    public var value: Double?
    public var seconds: Double
    /// The machine's name.
    public var host: String

    public init(
        exitCode: Int32? = nil, failure: String? = nil, standardError: String? = nil, result: String? = nil,
        value: Double? = nil, seconds: Double = 0, host: String = ""
    ) {
        (self.exitCode, self.failure, self.standardError) = (exitCode, failure, standardError)
        (self.result, self.value, self.seconds, self.host) = (result, value, seconds, host)
    }
}

/// How a run of a point ended for its engine.
public enum PointEnd: Sendable, Equatable {
    case ended(PointOutcome)
    /// The sweep was asked to stop.
    case stopped
}
