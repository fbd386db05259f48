import Glibc
import NetworkKernels

/// The states of one target with blanks between its labels, over all frames: blank, l₁, blank, l₂, …, blank.
///
/// Logarithms of probabilities in `Double`; rows of states are padded as the kernels need it.
final class CTCLattice {
    private let blank: Int
    private let target: [Int]
    private let windows: [ClosedRange<Int>]?
    private let frames: Int
    private let logits: UnsafePointer<Float>
    private let stride: Int
    private let normalisers: [Double]
    private let states: Int
    /// States of a row with those that do not exist, and doubles from a row to the next.
    private let width: Int
    private let pitch: Int
    /// α of all frames, then two rows of β, the emissions of a frame, the ways over a blank, and the shares of a frame.
    private let memory: UnsafeMutablePointer<Double>

    /// Impossible states before and after a row.
    private static let margin = 8

    /// - Parameters:
    ///   - logits: frame t begins at `logits + t · stride`; they outlive the lattice.
    ///   - normalisers: for each frame the logarithm of the sum of the exponentials of its logits.
    init(
        blank: Int, target: [Int], windows: [ClosedRange<Int>]?, frames: Int, logits: UnsafePointer<Float>, stride: Int,
        normalisers: [Double]
    ) {
        self.blank = blank
        self.target = target
        self.windows = windows
        self.frames = frames
        self.logits = logits
        self.stride = stride
        self.normalisers = normalisers
        states = 2 * target.count + 1
        width = (states + 7) / 8 * 8
        pitch = width + 2 * Self.margin
        let count = (frames + 5) * pitch
        memory = .allocate(capacity: count)
        memory.initialize(repeating: -.infinity, count: count)
        // From one label to the next, where they differ.
        for place in target.indices.dropFirst() where target[place] != target[place - 1] { skip[2 * place + 1] = 0 }
    }

    deinit { memory.deallocate() }

    private func row(_ index: Int) -> UnsafeMutablePointer<Double> { memory + index * pitch + Self.margin }
    private func beta(_ frame: Int) -> UnsafeMutablePointer<Double> { row(frames + frame % 2) }
    private var emission: UnsafeMutablePointer<Double> { row(frames + 2) }
    private var skip: UnsafeMutablePointer<Double> { row(frames + 3) }
    private var share: UnsafeMutablePointer<Double> { row(frames + 4) }

    /// Log-probabilities of emitting each state's unit in a frame; −∞ outside of a label's window.
    private func setEmission(_ t: Int) {
        let frame = logits + t * stride
        let emission = emission
        let silence = Double(frame[blank]) - normalisers[t]
        for place in target.indices {
            emission[2 * place] = silence
            let isOpen = windows.map { $0[place].contains(t) } ?? true
            emission[2 * place + 1] = isOpen ? Double(frame[target[place]]) - normalisers[t] : -.infinity
        }
        emission[states - 1] = silence
    }

    /// α(t, s): all path beginnings that are at s in frame t, its emission included.
    /// - Returns: the logarithm of the probability of all paths.
    func forward() -> Double {
        setEmission(0)
        row(0)[0] = emission[0]
        if states > 1 { row(0)[1] = emission[1] }
        for t in 1..<max(1, frames) {
            setEmission(t)
            larmor_ctc_forward(row(t - 1), skip, emission, row(t), width)
        }
        let last = row(frames - 1)
        guard states > 1 else { return last[0] }
        // A path ends with the last label or with the blank behind it.
        let (high, low) = (max(last[states - 1], last[states - 2]), min(last[states - 1], last[states - 2]))
        return high == -.infinity ? high : high + log1p(exp(low - high))
    }

    /// β(t, s), all path ends after frame t, given s in frame t, its own emission excluded; with α the share of all paths that are
    /// at s in frame t.
    /// - Parameter body: takes frame, unit and share of each state; a unit may come more than once in a frame.
    func backward(_ total: Double, _ body: (Int, Int, Double) -> Void) {
        let last = beta(frames - 1)
        last[states - 1] = 0
        if states > 1 { last[states - 2] = 0 }
        for t in (0..<frames).reversed() {
            if t < frames - 1 {
                setEmission(t + 1)
                larmor_ctc_backward(beta(t + 1), emission, skip, beta(t), width)
            }
            let share = share
            larmor_ctc_share(row(t), beta(t), total, share, width)
            var silence = share[states - 1]
            for place in target.indices {
                silence += share[2 * place]
                body(t, target[place], share[2 * place + 1])
            }
            body(t, blank, silence)
        }
    }
}
