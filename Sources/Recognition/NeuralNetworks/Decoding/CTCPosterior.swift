import Glibc
import NetworkKernels

/// How likely a window of frames spells a string of units, against what else it may spell: nothing, or a string that differs in one unit.
///
/// For networks whose units are characters or phonemes. P(l) is the sum over all paths that collapse to the string l, by the forward recursion
/// (``CTCLoss``). The posterior is P(l) over the sum of P of l, of the empty string, and of all strings that one unit put in, left out or
/// exchanged makes of l. Strings that differ in more are not weighed, so the posterior is a score among neighbours.
///
/// The cost is (2 · length + 1) · units forward passes over the window.
public struct CTCPosterior: Sendable {
    /// Of a string in a window. All are natural logarithms.
    public struct Found: Sendable, Equatable {
        /// Of the string among its neighbours and nothing; 0 or less.
        public var logPosterior: Double
        /// ln P(l), among all strings; the negative of CTC's loss.
        public var logProbability: Double
        /// How far the string is before the best of the others; below 0 where one is better.
        public var margin: Double
        /// Of each unit, the others given: against every other unit in its place, and none, shape `[length]`.
        public var unitLogPosteriors: [Double]
    }

    /// Index of the blank among the units.
    public var blank: Int

    public init(blank: Int) { self.blank = blank }

    /// - Parameters:
    ///   - target: the string; an empty one is refused.
    ///   - logits: shape `[frames, units]`, not normalised.
    ///   - units: the blank included.
    /// - Throws: ``CTCError`` when the window is too short for the string or empty, a label does not exist or a logit is not finite.
    public func evaluate(_ target: [Int], logits: [Float], units: Int) throws(CTCError) -> Found {
        let frames = logits.count / max(1, units)
        guard frames > 0, !target.isEmpty else { throw .tooFewFrames(frames: frames, labels: target.count, repeats: 0) }
        try CTCLoss(blank: blank).check(frames: frames, units: units, target: target)
        let normalisers = logits.withUnsafeBufferPointer { logits in
            (0..<frames).map { t in
                larmor_softmax(UnsafeBufferPointer(rebasing: logits[t * units..<(t + 1) * units]).baseAddress, units, nil)
            }
        }
        if let t = normalisers.firstIndex(where: { !$0.isFinite }) { throw .notFinite(frame: t) }
        func logProbability(_ target: [Int]) -> Double {
            logits.withUnsafeBufferPointer { logits in
                guard let first = logits.baseAddress else { return -.infinity }
                return CTCLattice(
                    blank: blank, target: target, windows: nil, frames: frames, logits: first, stride: units,
                    normalisers: normalisers
                ).forward()
            }
        }
        let own = logProbability(target)
        guard own > -.infinity else { throw .windowsUnreachable }
        var known: [[Int]: Double] = [target: own, []: logProbability([])]
        func weigh(_ string: [Int]) -> Double {
            if let value = known[string] { return value }
            let value = logProbability(string)
            known[string] = value
            return value
        }
        var unitLogPosteriors: [Double] = []
        for place in target.indices {
            var inPlace: [Double] = []
            for unit in 0..<units where unit != blank {
                var other = target
                other[place] = unit
                inPlace.append(weigh(other))
                other = target
                other.insert(unit, at: place)
                _ = weigh(other)
            }
            var shorter = target
            shorter.remove(at: place)
            inPlace.append(weigh(shorter))
            unitLogPosteriors.append(own - Self.logSum(inPlace))
        }
        for unit in 0..<units where unit != blank { _ = weigh(target + [unit]) }
        // Sorted: a dictionary has another order in each run, and sums would differ in their last bits.
        let others = known.filter { $0.key != target }.values.sorted()
        return Found(
            logPosterior: own - Self.logSum([own] + others), logProbability: own,
            margin: own - (others.last ?? -.infinity), unitLogPosteriors: unitLogPosteriors)
    }

    private static func logSum(_ values: [Double]) -> Double {
        guard let largest = values.max(), largest > -.infinity else { return -.infinity }
        return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
    }
}
