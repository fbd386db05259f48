import Failures
import LinearAlgebra
import MagneticFilm
public import Reservoirs
import StudyFiles

/// What became of an individual: its numbers, or why it has none.
public struct IndividualResult: Sendable, Equatable {
    /// The error on what was held back of the task's training: what is searched for.
    public var objective: Double?
    /// The error on what was learned from.
    public var training: Double?
    /// The penalty that was chosen.
    public var lambda: Double?
    public var behaviour: ReservoirBehaviour?
    /// The error's type, "MetricError".
    public var failureType: String?
    public var failure: String?

    public init() {}

    public var isFailed: Bool { failure != nil }
}

/// Looks at individuals of one search.
public struct IndividualBench: Sendable {
    public let family: any ReservoirFamily
    private let task: (task: ReservoirTask, data: TaskData)?
    private let settings: TaskEvaluation.Settings
    private let hasBehaviour: Bool

    /// - Parameters:
    ///   - description: of the search; its task's data follow from its seed.
    ///   - family: makes the family, from the number of the task's inputs.
    ///   - series: of a task that needs one.
    ///   - store: for messages.
    /// - Throws: `TaskFailure` for a task that cannot be made, and what `family` throws.
    public init(
        _ description: SearchDescription, series: [Double] = [], store: String,
        family: (_ inputs: Int) throws -> any ReservoirFamily
    ) throws {
        var made: (ReservoirTask, TaskData)?
        if let name = description.task {
            guard let task = ReservoirTask.all.first(where: { $0.name == name }) else {
                throw SearchError(path: store, reason: .store(.damaged("the task “\(name)” is not known")))
            }
            made = (task, try task.data(seed: description.seed, length: description.length, series: series))
        }
        task = made
        hasBehaviour = description.hasBehaviour
        var settings = TaskEvaluation.Settings()
        settings.features = description.features
        settings.isExact = description.isExact ?? false
        self.settings = settings
        self.family = try family(made?.1.inputs.columns ?? 1)
    }

    /// - Parameters:
    ///   - genes: of the individual.
    ///   - seed: of the inputs that its behaviour is measured with.
    /// - Returns: its numbers, or why it has none.
    /// - Throws: what is no fault of the individual's: a device that is gone, a task that nobody could do.
    public func result(_ genes: [Double], seed: UInt64) throws -> IndividualResult {
        var result = IndividualResult()
        do {
            if let task {
                let evaluation = try family.evaluate(genes, task.task, task.data, settings: settings)
                (result.objective, result.training) = (evaluation.validation, evaluation.training)
                result.lambda = evaluation.lambda
            }
            if hasBehaviour {
                result.behaviour = try family.behaviour(genes, features: settings.features, seed: seed)
            }
        } catch {
            guard Self.isOfIndividual(error) else { throw error }
            // Half of its numbers would be taken for all of them.
            result = IndividualResult()
            (result.failureType, result.failure) = ("\(type(of: error))", "\(error)")
        }
        return result
    }

    /// The error on the task's test; nil without a task. A search does not look at it.
    public func test(_ genes: [Double]) throws -> Double? {
        guard let task else { return nil }
        return try family.evaluate(genes, task.task, task.data, settings: settings).test
    }

    /// The name of what the objective measures.
    public var measure: String? { task?.task.measure.label }

    private static func isOfIndividual(_ error: any Error) -> Bool {
        switch error {
        case let error as TaskFailure:
            if case .notFinite = error.reason { return true }
            return false
        case let error as MetricError:
            if case .notFinite = error { return true }
            return false
        case is LinearAlgebraError, is ReadoutError, is FilmError, is NetworkError: return true
        default: return false
        }
    }
}
