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

    /// How the penalty is chosen, and what the error of an individual is measured on.
    public enum Selection: Sendable, Equatable {
        /// Learned from the training part, chosen on the validation part.
        case validation
        /// Training and validation parts are cut into so many blocks; each is held back once, and the errors are averaged. The readout that is
        /// judged then learns from all of them. Steadier where events are rare, as the laser's collapses.
        case blocks(Int)

        /// Steps that are learned from or held back.
        fileprivate func blocks(_ data: TaskData) -> [Range<Int>] {
            guard case .blocks(let count) = self else { return [data.judged(data.training), data.judged(data.validation)] }
            let all = data.judged(data.training.lowerBound..<data.validation.upperBound)
            return (0..<count).map {
                all.lowerBound + $0 * all.count / count..<all.lowerBound + ($0 + 1) * all.count / count
            }
        }
    }

    public struct Settings: Sendable, Equatable {
        public var features = StateFeatures()
        public var normalisation = Normalisation.training
        public var selection = Selection.blocks(4)
        /// Penalties to choose from, times the number of steps that are learned from.
        public var lambdas = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12]
        /// Nodes that are normalised together in the study's way: the components x, y, z of films follow one another. 0 for all nodes.
        public var nodesPerGroup = 0
        /// Whether the readout comes from a triangular factor of the states, not from their squares.
        public var isExact = false

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
        try self.init(task, data, columns: run, settings: settings)
    }

    /// - Parameter columns: what the readout sees, shape `[steps, features]`.
    /// - Throws: ``TaskFailure``, ``ReadoutError``.
    public init(
        _ task: ReservoirTask, _ data: TaskData, columns: Matrix<Double>, settings: Settings = Settings()
    ) throws {
        let (lambdas, selection) = (settings.lambdas, settings.selection)
        let blocks = try selection.blocks(data).map { try Block(columns, data.targets, $0, isExact: settings.isExact) }
        let held = selection == .validation ? [1] : Array(blocks.indices)
        // Mean of the errors on what was held back, for each λ.
        var errors = [Double](repeating: 0, count: lambdas.count)
        let steps = Double(try blocks[0].sums(with: blocks.dropFirst()).samples)
        let penalties = lambdas.map { $0 * steps }
        for index in held {
            let others = blocks.indices.filter { $0 != index }.map { blocks[$0] }
            let path = try others[0].sums(with: others.dropFirst()).path(lambdas: penalties)
            for (place, readout) in path.readouts.enumerated() {
                errors[place] += try blocks[index].error(task, readout) / Double(held.count)
            }
        }
        guard let best = errors.indices.min(by: { errors[$0] < errors[$1] }), errors[best].isFinite else {
            throw ReadoutError.nothingToChoose(method: "validation")
        }
        let learned = selection == .validation ? Array(blocks.prefix(1)) : blocks
        let readout = try learned[0].sums(with: learned.dropFirst()).path(lambdas: [penalties[best]]).readouts[0]
        training = try learned.reduce(0) { $0 + (try $1.error(task, readout)) } / Double(learned.count)
        validation = errors[best]
        test = try Self.error(task, readout, columns.rows(data.judged(data.test)), data.targets.rows(data.judged(data.test)))
        lambda = lambdas[best]
        features = columns.columns
    }

    /// Steps that stand together, and their sums for the readout.
    private struct Block {
        let states: Matrix<Double>
        let targets: Matrix<Double>
        private let own: ReadoutSums

        init(_ columns: Matrix<Double>, _ targets: Matrix<Double>, _ steps: Range<Int>, isExact: Bool) throws {
            (states, self.targets) = (columns.rows(steps), targets.rows(steps))
            var sums = ReadoutSums(nodes: columns.columns, outputs: targets.columns, isExact: isExact)
            try sums.add(states: states, targets: self.targets)
            own = sums
        }

        func sums(with others: some Sequence<Block>) throws -> ReadoutSums {
            var sums = own
            for other in others { try sums.merge(other.own) }
            return sums
        }

        func error(_ task: ReservoirTask, _ readout: LinearReadout) throws -> Double {
            try TaskEvaluation.error(task, readout, states, targets)
        }
    }

    private static func error(
        _ task: ReservoirTask, _ readout: LinearReadout, _ states: Matrix<Double>, _ targets: Matrix<Double>
    ) throws -> Double {
        guard let error = task.measure.error(targets: targets, answers: try readout.predict(states)) else {
            throw TaskFailure(task: task.name, reason: .constantTargets)
        }
        return error
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
                    reason: .notFinite(
                        "a state of \(reservoir.description)", step: steps.lowerBound + place / states.columns / held))
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
