/// The shape of a batch of sequences of different lengths.
///
/// Frame t of sequence b is row t · `count` + b of an array `[time][batch][features]`, so that one frame of all sequences is one
/// matrix. Sequences shorter than the longest are padded at their end.
public struct SequenceBatch: Sendable, Equatable {
    /// Frames of each sequence, 0 or more.
    public let lengths: [Int]
    /// Session of each sequence, for layers that differ from session to session.
    public let sessions: [Int]
    /// Frames of the longest sequence.
    public let frames: Int

    /// - Parameters:
    ///   - lengths: frames of each sequence.
    ///   - sessions: as many as lengths; nil for session 0 throughout.
    public init(lengths: [Int], sessions: [Int]? = nil) {
        precondition(lengths.allSatisfy { $0 >= 0 }, "a sequence cannot have fewer than no frames")
        precondition(sessions?.count ?? lengths.count == lengths.count, "each sequence has one session")
        self.lengths = lengths
        self.sessions = sessions ?? [Int](repeating: 0, count: lengths.count)
        frames = lengths.max() ?? 0
    }

    /// Number of sequences.
    public var count: Int { lengths.count }

    /// Rows of an array over this batch, padding included.
    public var rows: Int { frames * lengths.count }

    /// The batch after a layer of this stride.
    public func strided(by stride: Int) -> SequenceBatch {
        stride == 1 ? self : SequenceBatch(lengths: lengths.map { ($0 + stride - 1) / stride }, sessions: sessions)
    }
}
