/// Reads units from a stream of logits by the best path: the most likely unit of each frame, repeats merged, blanks dropped.
///
/// A network that was trained to name a unit anywhere within a window of frames may be sure of the unit and unsure of the frame:
/// then its probability is spread over the window, and the blank wins each single frame. Two parameters answer that:
/// `blankPenalty` is taken off the blank's logit before the comparison, and within `holdOff` frames after a unit no
/// further one is read, so that the rest of a window is not read again.
///
/// A value: its state is what was read last. Ties go to the lower index.
public struct BestPathDecoder: Sendable, Equatable {
    public let blank: Int
    /// In natural logarithms, 0 or more; 0 is the plain best path.
    public let blankPenalty: Float
    /// Frames after a unit in which no other is read; 0 is the plain best path.
    public let holdOff: Int
    private var last: Int
    private var sinceUnit = Int.max

    public init(blank: Int, blankPenalty: Float = 0, holdOff: Int = 0) {
        precondition(blankPenalty >= 0 && holdOff >= 0, "penalty and hold-off are not negative")
        self.blank = blank
        self.blankPenalty = blankPenalty
        self.holdOff = holdOff
        last = blank
    }

    /// For a network trained with labels allowed in `window` + 1 frames each: spread evenly over them, a sure label has the
    /// probability 1 / (`window` + 1) in each, and two labels do not end within two windows.
    public init(blank: Int, labelWindow window: Int) {
        self.init(blank: blank, blankPenalty: logarithm(Float(window + 1)), holdOff: 2 * window)
    }

    /// - Parameter logits: one frame.
    /// - Returns: the unit that begins in this frame and its log-probability, if one does.
    public mutating func next(_ logits: UnsafeBufferPointer<Float>) -> (unit: Int, logProbability: Float)? {
        var best = 0
        var bestScore = score(logits, 0)
        var largest = logits[0]
        for k in 1..<logits.count {
            let score = score(logits, k)
            if score > bestScore { (best, bestScore) = (k, score) }
            largest = max(largest, logits[k])
        }
        defer { last = best }
        if sinceUnit < .max { sinceUnit += 1 }
        guard best != blank, best != last, sinceUnit > holdOff else { return nil }
        sinceUnit = 0
        var sum: Float = 0
        for k in 0..<logits.count { sum += exponential(logits[k] - largest) }
        return (best, logits[best] - largest - logarithm(sum))
    }

    private func score(_ logits: UnsafeBufferPointer<Float>, _ unit: Int) -> Float {
        unit == blank ? logits[unit] - blankPenalty : logits[unit]
    }
}
