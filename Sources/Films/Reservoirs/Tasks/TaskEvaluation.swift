public import LinearAlgebra

/// One reservoir on one task: driven by its sequence, read out by ridge regression, judged once on its test.
public struct TaskEvaluation: Sendable, Equatable {
    /// Errors of the three parts, in the task's measure.
    public var training: Double
    public var validation: Double
    public var test: Double
    /// That did best on the validation.
    public var lambda: Double
    /// Columns that the readout sees.
    public var features: Int

    /// What is learned from whom.
    public enum Normalisation: String, Sendable, CaseIterable, Codable {
        /// Inputs by the training part, states as they are.
        case training
        /// As in the founding study: inputs by the whole sequence, states of each part by that part's own largest values. The test's
        /// numbers have a part in it, so its error is no honest one; it is there to be compared.
        case study
    }

    public struct Settings: Sendable, Equatable {
        public var features = StateFeatures()
        public var normalisation = Normalisation.training
        /// Penalties to choose from, times the number of training steps.
        public var lambdas: [Double] = (-12 ... -1).map { exponent in
            (0..<(-exponent)).reduce(1.0) { value, _ in value / 10 }
        }
        /// Nodes that are normalised together in the study's way: the components x, y, z of films follow one another. 0 for all nodes.
        public var nodesPerGroup = 0

        public init() {}
    }

    /// - Parameters:
    ///   - map: `task` inputs to the reservoir's; nil where the reservoir takes the task's inputs as they are.
    ///   - seed: of the reservoir's own noise.
    /// - Throws: ``TaskFailure``, `LinearAlgebraError`, and what the reservoir throws.
    public init(
        _ task: ReservoirTask, _ data: TaskData, reservoir: any Reservoir, map: InputMap?, settings: Settings = Settings(),
        seed: UInt64 = 0
    ) throws {
        let run = try Self.features(task, data, reservoir: reservoir, map: map, settings: settings, seed: seed)
        try self.init(task, data, columns: run, lambdas: settings.lambdas)
    }

    /// - Parameter columns: what the readout sees, shape `[steps, features]`.
    public init(_ task: ReservoirTask, _ data: TaskData, columns: Matrix<Double>, lambdas: [Double]) throws {
        func judged(_ part: Range<Int>) -> Range<Int> { part.lowerBound + data.washout..<part.upperBound }
        let parts = [data.training, data.validation, data.test].map(judged)
        let (x, y) = (parts.map { columns.rows($0) }, parts.map { data.targets.rows($0) })
        var best: (error: Double, lambda: Double, weights: Matrix<Double>, intercept: [Double])?
        for fit in try RidgeGrid(x[0], y[0]).fits(lambdas) {
            guard let error = task.measure.error(targets: y[1], answers: Self.answers(x[1], fit.weights, fit.intercept)) else {
                throw TaskFailure(task: task.name, reason: .constantTargets("validation"))
            }
            if error < best?.error ?? .infinity { best = (error, fit.lambda, fit.weights, fit.intercept) }
        }
        guard let best else {
            throw TaskFailure(task: task.name, reason: .notFinite("every answer of the readout", step: parts[1].lowerBound))
        }
        func error(_ part: Int, _ name: String) throws -> Double {
            let answers = Self.answers(x[part], best.weights, best.intercept)
            guard let error = task.measure.error(targets: y[part], answers: answers) else {
                throw TaskFailure(task: task.name, reason: .constantTargets(name))
            }
            return error
        }
        training = try error(0, "training")
        validation = best.error
        test = try error(2, "test")
        lambda = best.lambda
        features = columns.columns
    }

    private static func answers(_ x: Matrix<Double>, _ weights: Matrix<Double>, _ intercept: [Double]) -> Matrix<Double> {
        var answers = x.times(weights)
        for row in 0..<answers.rows { for k in 0..<answers.columns { answers[row, k] += intercept[k] } }
        return answers
    }

    /// Drives the reservoir from its beginning through the whole sequence.
    /// - Returns: shape `[steps, features]`.
    public static func features(
        _ task: ReservoirTask, _ data: TaskData, reservoir: any Reservoir, map: InputMap?, settings: Settings, seed: UInt64
    ) throws -> Matrix<Double> {
        let isStudy = settings.normalisation == .study
        let scaling =
            isStudy ? InputScaling(ofWhole: data.inputs) : InputScaling(of: data.inputs.rows(data.training))
        let scaled = scaling.apply(data.inputs)
        let drive = settings.features.frames(map?.drive(scaled) ?? scaled)
        guard drive.columns == reservoir.inputs else {
            throw TaskFailure(
                task: task.name,
                reason: .shape(expected: "a reservoir of \(drive.columns) inputs", found: "one of \(reservoir.inputs)"))
        }
        let held = settings.features.virtualNodes
        func states(_ steps: Range<Int>) throws -> Matrix<Double> {
            try reservoir.reset(seed: seed)
            let states = try reservoir.states(drive.rows(steps.lowerBound * held..<steps.upperBound * held))
            if let place = states.values.firstIndex(where: { !$0.isFinite }) {
                throw TaskFailure(
                    task: task.name,
                    reason: .notFinite("a state of \(reservoir.description)", step: steps.lowerBound + place / states.columns / held))
            }
            return Matrix(rows: steps.count, columns: held * states.columns, values: states.values)
        }
        guard isStudy else {
            return settings.features.columns(try states(0..<data.inputs.rows), inputs: scaled)
        }
        // The study runs and normalises each part by itself.
        var values: [Double] = []
        for part in [data.training, data.validation, data.test] {
            var own = try states(part)
            own.divideByLargest(group: settings.nodesPerGroup)
            values += settings.features.columns(own, inputs: scaled.rows(part)).values
        }
        return Matrix(rows: data.inputs.rows, columns: values.count / data.inputs.rows, values: values)
    }
}

extension Matrix<Double> {
    /// Divides each group of columns by the largest absolute value in it.
    fileprivate mutating func divideByLargest(group: Int) {
        let width = group > 0 ? group : columns
        for first in stride(from: 0, to: columns, by: width) {
            let range = first..<Swift.min(columns, first + width)
            var most = 0.0
            for row in 0..<rows { for column in range { most = Swift.max(most, abs(self[row, column])) } }
            guard most > 0 else { continue }
            for row in 0..<rows { for column in range { self[row, column] /= most } }
        }
    }
}
