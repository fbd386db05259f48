/// How far a run is.
public struct SweepProgress: Sendable, Equatable {
    public var counts: SweepCounts
    /// Points that this run has ended, and those that it began with.
    public var ended: Int
    public var planned: Int
    /// The best point so far.
    public var best: StoredPoint?
    /// What is waited for, in words.
    public var note: String?

    public var fraction: Double { planned == 0 ? 1 : Double(ended) / Double(planned) }
}
