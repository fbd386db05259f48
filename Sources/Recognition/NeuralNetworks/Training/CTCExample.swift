public import Failures

/// One training utterance: features and what they say.
public struct CTCExample: Sendable {
    /// Frame-major, shape `[frames, inputs]`.
    public var features: [Float]
    /// Frames of the features.
    public var frames: Int
    /// Labels in their order, each different from the blank.
    public var target: [Int]
    /// Frames in which each label may be emitted, counted at the network's output; nil for plain CTC.
    public var windows: [ClosedRange<Int>]?
    /// Of each frame of the network's output the class that sounds in it, for a ``FramewiseLoss``; −1 where it is not known; empty for
    /// none at all.
    public var classes: [Int]
    /// For networks with a ``SessionInput``.
    public var session: Int

    public init(
        features: [Float], frames: Int, target: [Int], windows: [ClosedRange<Int>]? = nil, classes: [Int] = [], session: Int = 0
    ) {
        self.features = features
        self.frames = frames
        self.target = target
        self.windows = windows
        self.classes = classes
        self.session = session
    }
}

/// An utterance that cannot be trained on.
public struct CTCTrainingError: Failure, Equatable {
    /// Its index among those that were given.
    public var utterance: Int
    public var reason: CTCError

    public init(utterance: Int, reason: CTCError) {
        self.utterance = utterance
        self.reason = reason
    }

    public var kind: FailureKind { .badInput }

    public var description: String { "utterance \(utterance): \(reason)" }
}

/// What one optimiser step did.
public struct CTCStep: Sendable, Equatable {
    /// Mean loss per example before the step; of the examples with a finite loss.
    public var loss: Double
    /// Norm of the gradient before it was clipped; not finite when the gradient was not.
    public var gradientNorm: Float
    /// Examples of the batch whose loss was not finite.
    public var notFinite: [Int]
    /// Whether the parameters stayed as they were, because a loss or the gradient was not finite.
    public var isSkipped: Bool { !notFinite.isEmpty || !gradientNorm.isFinite }
}
