public import Failures
import LinearAlgebra

/// Why a metric of a reservoir cannot be computed from these states.
public enum MetricError: Failure, Equatable {
    /// The steps that are left after washout and delays do not suffice.
    case tooFewSteps(metric: String, needed: Int, found: Int)
    /// Inputs and states have another number of steps.
    case shape(metric: String, expected: String, found: String)
    case notFinite(metric: String, step: Int)
    /// More products of polynomials than anybody can wait for.
    case tooManyFunctions(count: Int, most: Int)

    public var kind: FailureKind { .badInput }

    public var description: String {
        switch self {
        case .tooFewSteps(let metric, let needed, let found):
            "\(metric): expected \(needed) steps or more, found \(found); take more inputs, or fewer delays"
        case .shape(let metric, let expected, let found): "\(metric): expected \(expected), found \(found)"
        case .notFinite(let metric, let step):
            "\(metric): the value of step \(step) is not a finite number; leave that step out"
        case .tooManyFunctions(let count, let most):
            "information capacity: \(count < .max ? "\(count)" : "too many") products of polynomials, at most \(most) are tried; "
                + "take fewer degrees or delays"
        }
    }

    /// Inputs and states that belong together.
    static func check(_ metric: String, inputs: [Double], states: Matrix<Double>) throws(MetricError) {
        guard inputs.count == states.rows else {
            throw .shape(metric: metric, expected: "\(states.rows) inputs, one for each state", found: "\(inputs.count)")
        }
        if let step = inputs.firstIndex(where: { !$0.isFinite }) { throw .notFinite(metric: metric, step: step) }
        try check(metric, states: states)
    }

    static func check(_ metric: String, states: Matrix<Double>) throws(MetricError) {
        guard states.columns > 0 else { throw .shape(metric: metric, expected: "states of one node or more", found: "none") }
        guard let place = states.values.firstIndex(where: { !$0.isFinite }) else { return }
        throw .notFinite(metric: metric, step: place / states.columns)
    }
}
