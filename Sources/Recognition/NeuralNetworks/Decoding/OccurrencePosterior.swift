import Glibc

/// How likely each unit is named in a window of frames, against all others and against nothing.
///
/// For networks whose units are whole words. Of all paths through the window those count that name nothing or a single unit, in one place or in
/// several: a decoder reads a unit once in a window. With y_t(k) the network's probabilities, the sums over paths are
///
///     nothing:  Π_t y_t(blank)            only k:  Π_t (y_t(blank) + y_t(k)) − Π_t y_t(blank)
///
/// which is what the forward–backward recursion gives for the strings k, kk, kkk, … together. Relative to nothing they are
/// e^{a_k} − 1 with a_k = Σ_t ln(1 + y_t(k)/y_t(blank)), so a frame adds to the a_k and no frame need be kept:
///
///     P(k) = (e^{a_k} − 1) / (1 + Σ_j (e^{a_j} − 1))
///
/// A value; takes frames in their order, and the order does not matter.
public struct OccurrencePosterior: Sendable, Equatable {
    private let blank: Int
    /// a_k; that of the blank stays 0.
    private var evidence: [Double]

    /// - Parameters:
    ///   - blank: index of the blank.
    ///   - units: number of the network's outputs, blank included.
    public init(blank: Int, units: Int) {
        precondition(units > 0 && (0..<units).contains(blank), "the blank is one of the units")
        self.blank = blank
        evidence = [Double](repeating: 0, count: units)
    }

    /// Takes one frame.
    /// - Parameter logits: one for each unit, not normalised.
    public mutating func take(_ logits: UnsafeBufferPointer<Float>) {
        precondition(logits.count == evidence.count, "a logit for each unit")
        let silence = Double(logits[blank])
        for unit in evidence.indices where unit != blank {
            let difference = Double(logits[unit]) - silence
            evidence[unit] += max(0, difference) + log1p(exp(-abs(difference)))
        }
    }

    /// Natural logarithms of the posteriors, shape `[units]`; that of “nothing” stands at the blank's place. Together they are 1.
    ///
    /// nil where a frame had a logit that is no finite number.
    public var logPosteriors: [Double]? {
        // ln(e^a − 1); 0 for nothing.
        var logs = evidence.map { $0 + log(-expm1(-$0)) }
        logs[blank] = 0
        guard evidence.allSatisfy(\.isFinite), let largest = logs.max() else { return nil }
        let total = largest + log(logs.reduce(0) { $0 + exp($1 - largest) })
        return logs.map { $0 - total }
    }
}
