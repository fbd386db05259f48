/// Proposes settings of all knobs and learns from what became of them. Follows from its seed and what it is told.
public protocol TuningMethod: Sendable {
    /// A value for each knob; the doors bring it within all limits.
    mutating func propose() -> [Double]
    mutating func learn(_ lesson: TrialLesson)
}

/// What became of a proposal.
public struct TrialLesson: Sendable, Equatable {
    /// Where the knobs were.
    public var set: [Double]
    /// For each film: error at the reference less error with this setting. Above 0 is better than the start.
    public var gains: [Double]
    /// What the rig time of the change costs, in the error's unit.
    public var cost: Double

    public init(set: [Double], gains: [Double], cost: Double) { (self.set, self.gains, self.cost) = (set, gains, cost) }

    /// Over films, less the cost.
    public var score: Double { gains.reduce(0, +) / Double(max(1, gains.count)) - cost }
}

/// Doing nothing: what a tuning has to beat.
struct StayMethod: TuningMethod {
    let start: [Double]
    mutating func propose() -> [Double] { start }
    mutating func learn(_ lesson: TrialLesson) {}
}
