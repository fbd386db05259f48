public import Failures

/// A task that cannot be made or judged.
public struct TaskFailure: Failure, Equatable {
    public enum Reason: Sendable, Equatable {
        case length(Int, least: Int)
        case tooLong(Int, most: Int)
        case noSeries(needed: Int)
        /// A delay of the readout that reaches behind all steps that are learned from, or behind the longest word.
        case delay(Int, steps: Int)
        case shortSeries(Int, needed: Int)
        case notFinite(String, step: Int)
        /// All targets of a part are equal: nothing can be measured by their variance.
        case constantTargets
        case shape(expected: String, found: String)
        case divergent
        /// Of spoken words: what was expected.
        case words(String)
    }

    /// Name of the task.
    public var task: String
    public var reason: Reason
    /// Options that do not go together are told apart from what data and reservoirs do.
    public var kind: FailureKind {
        switch reason {
        case .length, .tooLong, .noSeries, .delay: .usage
        default: .badInput
        }
    }

    private static func count(_ steps: Int) -> String { "\(steps) \(steps == 1 ? "step" : "steps")" }

    public init(task: String, reason: Reason) { (self.task, self.reason) = (task, reason) }

    public var description: String {
        switch reason {
        case .length(let found, let least): "\(task): \(found) steps; expected \(least) or more, so that each part has enough"
        case .tooLong(let found, let most): "\(task): \(found) steps; expected \(most) or fewer"
        case .delay(let delay, let steps):
            "\(task): a state of \(Self.count(delay)) ago is never there in \(Self.count(steps)); ask for shorter delays"
        case .noSeries(let needed): "\(task): it needs a series of \(needed) numbers or more: name its file with --series"
        case .shortSeries(let found, let needed):
            "\(task): the series has \(found) numbers; \(needed) are needed: ask for fewer steps"
        case .notFinite(let what, let step): "\(task): \(what) is no finite number at step \(step)"
        case .constantTargets: "\(task): all targets of a part are equal, so no error can be measured by their variance"
        case .shape(let expected, let found): "\(task): expected \(expected), found \(found)"
        case .words(let expected): "\(task): expected \(expected)"
        case .divergent: "\(task): the series grew without bounds with every seed that was tried"
        }
    }
}
