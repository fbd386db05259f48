/// Reads units from a stream of logits by the best path: the most likely unit of each frame, repeats merged, blanks dropped.
///
/// A value: its state is the last frame's unit. Ties go to the lower index.
public struct BestPathDecoder: Sendable, Equatable {
    public let blank: Int
    private var last: Int

    public init(blank: Int) {
        self.blank = blank
        last = blank
    }

    /// - Parameter logits: one frame.
    /// - Returns: the unit that begins in this frame and its log-probability, if one does.
    public mutating func next(_ logits: UnsafeBufferPointer<Float>) -> (unit: Int, logProbability: Float)? {
        var best = 0
        for k in 1..<logits.count where logits[k] > logits[best] { best = k }
        defer { last = best }
        guard best != blank, best != last else { return nil }
        var sum: Float = 0
        for k in 0..<logits.count { sum += exponential(logits[k] - logits[best]) }
        return (best, -logarithm(sum))
    }
}
