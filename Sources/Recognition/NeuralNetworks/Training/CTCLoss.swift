import Glibc

/// Connectionist temporal classification: the negative logarithm of the probability that a network's frames spell a target.
///
///     −ln Σ_π Π_t y_t(π_t)      over all paths π that collapse to the target
///
/// computed in log space in `Double` by the forward–backward recursion. An optional *window* per label restricts the
/// alignment: paths that emit the label outside of its frames have probability zero. It makes causal networks wait until
/// a word has ended.
///
/// - Source: A. Graves et al., ICML 2006, "Connectionist temporal classification", equations 5–16.
public struct CTCLoss: Sendable {
    /// Index of the blank among the units.
    public var blank: Int

    /// - Parameter blank: index of the blank among the network's outputs.
    public init(blank: Int) { self.blank = blank }

    /// Checks that some path exists, before any training is spent on it.
    public func check(
        frames: Int, units: Int, target: [Int], windows: [ClosedRange<Int>]? = nil
    ) throws(CTCError) {
        for (place, label) in target.enumerated() {
            guard label >= 0 && label < units else { throw .labelOutOfRange(label: label, units: units) }
            guard label != blank else { throw .blankInTarget(at: place) }
        }
        let repeats = zip(target, target.dropFirst()).count { $0 == $1 }
        guard frames >= target.count + repeats else {
            throw .tooFewFrames(frames: frames, labels: target.count, repeats: repeats)
        }
        guard let windows else { return }
        guard windows.count == target.count else {
            throw .windowCount(expected: target.count, found: windows.count)
        }
        // The earliest possible emission of each label, one after the other.
        var earliest = -1
        for (place, window) in windows.enumerated() {
            let repeated = place > 0 && target[place] == target[place - 1]
            earliest = max(earliest + (repeated ? 2 : 1), window.lowerBound)
            guard earliest <= min(window.upperBound, frames - 1) else { throw .windowsUnreachable }
        }
    }

    /// The loss of one sequence and its gradient with respect to the logits.
    ///
    /// An empty target is allowed: its one path is all blanks. With no frames the loss of an empty target is 0.
    /// - Parameters:
    ///   - logits: frame t begins at `logits + t · stride`; `units` values each, not normalised.
    ///   - gradient: same layout, overwritten; `nil` when only the loss is wanted.
    /// - Throws: ``CTCError`` when no path exists, or a logit is not finite; the gradient is then untouched.
    public func evaluate(
        logits: UnsafePointer<Float>, stride: Int, frames: Int, units: Int, target: [Int],
        windows: [ClosedRange<Int>]? = nil, gradient: UnsafeMutablePointer<Float>?
    ) throws(CTCError) -> Double {
        try check(frames: frames, units: units, target: target, windows: windows)
        guard frames > 0 else { return 0 }
        for t in 0..<frames {
            for k in 0..<units where !logits[t * stride + k].isFinite { throw .notFinite(frame: t) }
        }

        var logY = [Double](repeating: 0, count: frames * units)
        logY.withUnsafeMutableBufferPointer { y in
            for t in 0..<frames {
                setLogSoftmax(logits + t * stride, count: units, into: y.baseAddress.unsafelyUnwrapped + t * units)
            }
        }
        let lattice = Lattice(blank: blank, target: target, windows: windows, frames: frames, units: units)
        let alpha = lattice.forward(logY)
        let total = lattice.total(alpha)
        guard total > -.infinity else { throw .windowsUnreachable }
        if let gradient {
            let beta = lattice.backward(logY)
            var occupancy = [Double](repeating: 0, count: units)
            for t in 0..<frames {
                for k in 0..<units { occupancy[k] = 0 }
                for s in 0..<lattice.states {
                    let score = alpha[t * lattice.states + s] + beta[t * lattice.states + s] - total
                    if score > -.infinity { occupancy[lattice.unit(s)] += exp(score) }
                }
                for k in 0..<units {
                    gradient[t * stride + k] = Float(exp(logY[t * units + k]) - occupancy[k])
                }
            }
        }
        return -total
    }
}

/// The states of one target with blanks between its labels: blank, l₁, blank, l₂, …, blank.
private struct Lattice {
    let blank: Int
    let target: [Int]
    let windows: [ClosedRange<Int>]?
    let frames: Int
    let units: Int

    var states: Int { 2 * target.count + 1 }

    func unit(_ state: Int) -> Int { state % 2 == 0 ? blank : target[state / 2] }

    /// Log-probability of emitting the state's unit at frame t; −∞ outside of its window.
    private func emission(_ logY: [Double], _ t: Int, _ state: Int) -> Double {
        if state % 2 == 1, let windows, !windows[state / 2].contains(t) { return -.infinity }
        return logY[t * units + unit(state)]
    }

    /// Whether a path may go from state − 2 to state, over the blank between two different labels.
    private func skips(_ state: Int) -> Bool {
        state >= 2 && state % 2 == 1 && target[state / 2] != target[state / 2 - 1]
    }

    /// α(t, s): all path beginnings that are at s in frame t, its emission included.
    func forward(_ logY: [Double]) -> [Double] {
        var alpha = [Double](repeating: -.infinity, count: frames * states)
        alpha[0] = emission(logY, 0, 0)
        if states > 1 { alpha[1] = emission(logY, 0, 1) }
        for t in 1..<max(1, frames) {
            let before = (t - 1) * states
            for s in 0..<states {
                var score = alpha[before + s]
                if s >= 1 { score = addLogs(score, alpha[before + s - 1]) }
                if skips(s) { score = addLogs(score, alpha[before + s - 2]) }
                if score > -.infinity { alpha[t * states + s] = score + emission(logY, t, s) }
            }
        }
        return alpha
    }

    /// β(t, s): all path ends after frame t, given s in frame t, its own emission excluded.
    func backward(_ logY: [Double]) -> [Double] {
        var beta = [Double](repeating: -.infinity, count: frames * states)
        let last = (frames - 1) * states
        beta[last + states - 1] = 0
        if states > 1 { beta[last + states - 2] = 0 }
        for t in (0..<frames - 1).reversed() {
            let after = (t + 1) * states
            for s in 0..<states {
                var score = beta[after + s] + emission(logY, t + 1, s)
                if s + 1 < states { score = addLogs(score, beta[after + s + 1] + emission(logY, t + 1, s + 1)) }
                if s + 2 < states, skips(s + 2) {
                    score = addLogs(score, beta[after + s + 2] + emission(logY, t + 1, s + 2))
                }
                beta[t * states + s] = score
            }
        }
        return beta
    }

    func total(_ alpha: [Double]) -> Double {
        let last = (frames - 1) * states
        return states > 1 ? addLogs(alpha[last + states - 1], alpha[last + states - 2]) : alpha[last]
    }
}

/// ln(eᵃ + eᵇ), exact for −∞.
private func addLogs(_ a: Double, _ b: Double) -> Double {
    let high = max(a, b)
    if high == -.infinity { return high }
    return high + log1p(exp(min(a, b) - high))
}
