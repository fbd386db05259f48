public import Failures

/// Why a target cannot be reached by any path through the frames.
public enum CTCError: Failure, Equatable {
    /// `frames` frames cannot hold `labels` labels with `repeats` adjacent equal pairs: T ≥ L + repeats is needed.
    case tooFewFrames(frames: Int, labels: Int, repeats: Int)
    case labelOutOfRange(label: Int, units: Int)
    /// The target holds the blank.
    case blankInTarget(at: Int)
    /// No path emits each label inside its window.
    case windowsUnreachable
    case windowCount(expected: Int, found: Int)
    /// A frame has values that are not finite, so no loss does.
    case notFinite(frame: Int)

    public var kind: FailureKind { .badInput }

    public var description: String {
        switch self {
        case .tooFewFrames(let frames, let labels, let repeats):
            "\(frames) frames cannot hold \(labels) labels with \(repeats) repeats; CTC needs at least \(labels + repeats)"
        case .labelOutOfRange(let label, let units): "label \(label) is not in 0 ..< \(units)"
        case .blankInTarget(let place): "the target's label \(place) is the blank"
        case .windowsUnreachable: "no path emits each label inside its window of frames"
        case .notFinite(let frame): "frame \(frame) has values that are not finite"
        case .windowCount(let expected, let found): "\(expected) labels need as many windows, found \(found)"
        }
    }
}
