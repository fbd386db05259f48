import NetworkKernels

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
    ///   - stride: values from one frame to the next.
    ///   - frames: of the sequence.
    ///   - units: the blank included.
    ///   - target: labels in their order, none of them the blank.
    ///   - windows: frames in which each label may stand; nil for all.
    ///   - gradient: same layout, overwritten; `nil` when only the loss is wanted.
    /// - Throws: ``CTCError`` when no path exists, or a logit is not finite; the gradient is then untouched.
    public func evaluate(
        logits: UnsafePointer<Float>, stride: Int, frames: Int, units: Int, target: [Int],
        windows: [ClosedRange<Int>]? = nil, gradient: UnsafeMutablePointer<Float>?
    ) throws(CTCError) -> Double {
        try check(frames: frames, units: units, target: target, windows: windows)
        guard frames > 0 else { return 0 }
        // Nothing is written before all is known to be well.
        var normalisers = [Double](repeating: 0, count: frames)
        for t in 0..<frames {
            normalisers[t] = larmor_softmax(logits + t * stride, units, nil)
            guard normalisers[t].isFinite else { throw .notFinite(frame: t) }
        }
        let lattice = CTCLattice(
            blank: blank, target: target, windows: windows, frames: frames, logits: logits, stride: stride,
            normalisers: normalisers)
        let total = lattice.forward()
        guard total > -.infinity else { throw .windowsUnreachable }
        guard let gradient else { return -total }
        for t in 0..<frames { _ = larmor_softmax(logits + t * stride, units, gradient + t * stride) }
        lattice.backward(total) { t, label, share in gradient[t * stride + label] -= Float(share) }
        return -total
    }
}
