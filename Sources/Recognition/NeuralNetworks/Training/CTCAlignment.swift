import NetworkKernels

/// The most probable path of a CTC network that spells a target: where in the sequence each label stands.
///
/// - Source: the recursion of ``CTCLoss`` with the largest term in place of the sum (Viterbi).
public struct CTCAlignment: Sendable, Equatable {
    /// Of each label, the frames in which the path emits it.
    public var labels: [ClosedRange<Int>]
    /// Natural logarithm of the path's probability.
    public var logProbability: Double

    /// - Parameters:
    ///   - logits: shape `[frames, units]`, not normalised.
    ///   - units: the blank included.
    ///   - target: labels in their order, none of them the blank.
    ///   - blank: index of the blank.
    /// - Throws: ``CTCError`` when no path spells the target, or a logit is not finite.
    public init(logits: [Float], units: Int, target: [Int], blank: Int) throws(CTCError) {
        let frames = units > 0 ? logits.count / units : 0
        try CTCLoss(blank: blank).check(frames: frames, units: units, target: target)
        guard frames > 0 else {
            (labels, logProbability) = ([], 0)
            return
        }
        let states = 2 * target.count + 1
        var best = [Double](repeating: -.infinity, count: states)
        // How many states the best path to each state came from below: 0, 1 or 2.
        var steps = [UInt8](repeating: 0, count: frames * states)
        for t in 0..<frames {
            let row = logits[t * units..<(t + 1) * units]
            let normaliser = row.withUnsafeBufferPointer { larmor_softmax($0.baseAddress, units, nil) }
            guard normaliser.isFinite else { throw .notFinite(frame: t) }
            var next = [Double](repeating: -.infinity, count: states)
            for state in 0..<states {
                var (from, value) = (0, t == 0 ? (state < 2 ? 0 : -.infinity) : best[state])
                if t > 0, state > 0, best[state - 1] > value { (from, value) = (1, best[state - 1]) }
                let mayJump = state % 2 == 1 && state > 1 && target[state / 2] != target[state / 2 - 1]
                if t > 0, mayJump, best[state - 2] > value { (from, value) = (2, best[state - 2]) }
                steps[t * states + state] = UInt8(from)
                let unit = state % 2 == 1 ? target[state / 2] : blank
                next[state] = value + Double(row[row.startIndex + unit]) - normaliser
            }
            best = next
        }
        var state = states > 1 && best[states - 2] > best[states - 1] ? states - 2 : states - 1
        logProbability = best[state]
        var found = [(first: Int, last: Int)?](repeating: nil, count: target.count)
        for t in stride(from: frames - 1, through: 0, by: -1) {
            if state % 2 == 1 { found[state / 2] = (t, found[state / 2]?.last ?? t) }
            state -= Int(steps[t * states + state])
        }
        labels = found.compactMap { $0.map { $0.first...$0.last } }
    }
}
