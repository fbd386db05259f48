public import Failures

/// A recorded device in place of the device: it answers the inputs of its recording, and no others.
///
/// A reset with a seed goes to the run that was recorded with that seed; further resets with it to the next such run, and
/// after the last one to the first again. Until the first reset the first run is played.
public final class RecordedReservoir: Reservoir {
    /// A question that the recording does not answer.
    public enum QuestionError: Failure, Equatable {
        /// Another input than the recorded one; the step counts from the reset.
        case otherInput(step: Int, index: Int, recorded: Float, asked: Float)
        case atEnd(steps: Int)
        case otherSeed(asked: UInt64, recorded: [UInt64])

        public var kind: FailureKind { .badInput }

        public var description: String {
            switch self {
            case .otherInput(let step, let index, let recorded, let asked):
                "step \(step): input \(index) was \(recorded) in the recording and is \(asked) now; a recording answers its own "
                    + "inputs only, record the device again"
            case .atEnd(let steps): "the recording ends after \(steps) steps; record the device for longer"
            case .otherSeed(let asked, let recorded):
                "no run was recorded with the seed \(asked), only with \(recorded.map(String.init).joined(separator: ", "))"
            }
        }
    }

    public let recording: ReservoirRecording
    /// How far an input may be from the recorded one.
    public let tolerance: Float
    private var run = 0
    private var step = 0
    private var used: Set<Int> = []

    public var inputs: Int { recording.inputs }
    public var nodes: Int { recording.nodes }
    public var description: String { "recording of \(recording.description)" }

    /// - Precondition: the recording has a run.
    public init(_ recording: ReservoirRecording, tolerance: Float = 0) {
        precondition(!recording.runs.isEmpty, "a recording without a run")
        (self.recording, self.tolerance) = (recording, tolerance)
    }

    /// - Throws: ``QuestionError``.
    public func reset(seed: UInt64) throws {
        let fitting = recording.runs.indices.filter { recording.runs[$0].seed == seed }
        guard let first = fitting.first else {
            throw QuestionError.otherSeed(asked: seed, recorded: recording.runs.map(\.seed))
        }
        if used.isSuperset(of: fitting) { used.subtract(fitting) }
        run = fitting.first { !used.contains($0) } ?? first
        used.insert(run)
        step = 0
    }

    /// - Throws: ``QuestionError``; then no step of the call counts as played.
    public func run(_ inputs: [Float]) throws -> [Float] {
        precondition(inputs.count % self.inputs == 0, "inputs must hold whole steps")
        let steps = inputs.count / self.inputs
        let recorded = recording.runs[run]
        let total = recorded.inputs.count / self.inputs
        guard step + steps <= total else { throw QuestionError.atEnd(steps: total) }
        for (index, asked) in inputs.enumerated() {
            let value = recorded.inputs[step * self.inputs + index]
            guard abs(value - asked) <= tolerance else {
                throw QuestionError.otherInput(
                    step: step + index / self.inputs, index: index % self.inputs, recorded: value, asked: asked)
            }
        }
        defer { step += steps }
        return Array(recorded.states[step * nodes..<(step + steps) * nodes])
    }
}
