import LinearAlgebra

/// An unbroken stretch of a recording, step by step.
public struct StepSeries: Sendable, Equatable {
    /// Shape `[steps, inputs]`, in the stream's unit.
    public var inputs: [Double]
    /// One value for each step; nil where nobody knows it.
    public var targets: [Double?]

    public init(inputs: [Double] = [], targets: [Double?] = []) { (self.inputs, self.targets) = (inputs, targets) }
}

/// Fits a continuous readout: drives a reservoir with recorded steps as a live rig would, and its states to the targets by ridge regression.
///
/// States are not kept: beside the recorded steps the memory is that of the sums, O(columns²), however long the recordings are.
public struct PredictionTraining {
    /// Of the steps with a target the last fifth is held back to choose λ; then all are learned from.
    public static let heldBack = 0.2
    /// Penalties to choose from, times the number of steps that are learned from.
    public static let lambdas = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12]
    /// Columns that a readout may have: the sums of more would take over 8 GB.
    public static let mostColumns = 32_768
    /// Steps that the reservoir is driven with at a time.
    public static let block = 512

    private let settings: PredictionSettings
    private let inputs: Int
    private let isExact: Bool

    /// - Parameters:
    ///   - inputs: of a step.
    ///   - isExact: whether states are never squared, see ``QRAccumulator``.
    public init(_ settings: PredictionSettings, inputs: Int, isExact: Bool = false) {
        (self.settings, self.inputs, self.isExact) = (settings, inputs, isExact)
    }

    /// What a training found.
    public struct Result: Sendable, Equatable {
        /// Of the inputs of the steps that λ was not chosen on: the held back ones have no part in them.
        public var mean: [Double]
        public var deviation: [Double]
        /// Fitted to all steps.
        public var readout: LinearReadout
        /// As a multiple of the steps.
        public var lambda: Double
        public var steps: Int
        /// √(mean squared error / variance of the target) on the held back steps, of a readout that was fitted to the others: the smallest
        /// among all λ. It chose λ, so it is a little smaller than that of new steps would be.
        public var heldBackNRMSE: Double
    }

    /// - Parameters:
    ///   - seed: of the reservoir's resets.
    ///   - progress: called after every block of steps with the fraction done; returns false to stop.
    /// - Returns: nil when it was stopped.
    /// - Throws: ``PredictionError``, ``ReadoutError``, and what the reservoir throws.
    public func run(
        _ series: [StepSeries], on reservoir: any Reservoir, seed: UInt64, progress: (Double) -> Bool
    ) throws -> Result? {
        for stretch in series where stretch.inputs.count != stretch.targets.count * inputs {
            throw PredictionError.inputs(found: stretch.inputs.count, steps: stretch.targets.count, each: inputs)
        }
        let width = settings.features.width(nodes: reservoir.nodes, inputs: inputs)
        guard width <= Self.mostColumns else {
            throw PredictionError.tooManyColumns(found: width, most: Self.mostColumns)
        }
        // What has no target drives nothing.
        let series = series.map { (stretch: $0, pairs: pairs(of: $0)) }.filter { $0.pairs > 0 }
        let all = series.reduce(0) { $0 + $1.pairs }
        // A fifth of a hundred is the least that λ can be chosen on. States of a film are far from independent, so that fewer steps than
        // columns do for a penalised fit; with less than one for four columns the penalty says more than the steps.
        let needed = max(100, width / 4)
        guard all >= needed else { throw PredictionError.tooFewSteps(found: all, needed: needed) }
        let longest = series.reduce(0) { max($0, $1.stretch.targets.count) }
        if let delay = settings.features.delays.max(), delay >= longest {
            throw PredictionError.delay(delay, longest: longest)
        }
        let learned = all - Int(Double(all) * Self.heldBack)
        let statistics = statistics(series.map(\.stretch), learned)
        let (mean, deviation) = (statistics.mean, statistics.deviation)
        var fit = PredictionFit(columns: width, learned: learned, isExact: isExact)
        let total = series.reduce(0) { $0 + $1.stretch.targets.count }
        var done = 0
        for (stretch, _) in series {
            try reservoir.reset(seed: seed)
            var stream = StateFeatureStream(settings.features, nodes: reservoir.nodes, inputs: inputs)
            for first in stride(from: 0, to: stretch.targets.count, by: Self.block) {
                let steps = first..<min(first + Self.block, stretch.targets.count)
                let scaled = stretch.inputs[steps.lowerBound * inputs..<steps.upperBound * inputs].enumerated().map {
                    PredictionSettings.standardised($1, mean: mean[$0 % inputs], deviation: deviation[$0 % inputs])
                }
                let states = try reservoir.run(drive(scaled, channels: reservoir.inputs))
                let (rows, targets) = rows(steps, stretch, scaled, states, &stream)
                try fit.add(rows, targets)
                done += steps.count
                guard progress(Double(done) / Double(total)) else { return nil }
            }
        }
        let found = try fit.choose()
        return Result(
            mean: mean, deviation: deviation, readout: found.readout, lambda: found.lambda, steps: all,
            heldBackNRMSE: found.error)
    }

    /// What is learned from of some steps of a stretch.
    /// - Parameters:
    ///   - scaled: shape `[steps, inputs]`.
    ///   - states: shape `[steps, virtual nodes, nodes]`.
    ///   - stream: takes all of the stretch's steps in their order.
    /// - Returns: shape `[rows, columns]`, and a target for each row.
    private func rows(
        _ steps: Range<Int>, _ series: StepSeries, _ scaled: [Double], _ states: [Float], _ stream: inout StateFeatureStream
    ) -> (rows: Matrix<Double>, targets: [Double]) {
        let nodes = states.count / steps.count
        var row = [Double](repeating: 0, count: stream.width)
        var (rows, targets): ([Double], [Double]) = ([], [])
        for (index, step) in steps.enumerated() {
            row.withUnsafeMutableBufferPointer { row in
                states.withUnsafeBufferPointer { states in
                    scaled.withUnsafeBufferPointer { scaled in
                        stream.take(
                            state: Self.part(states, index, nodes), inputs: Self.part(scaled, index, inputs), into: row)
                    }
                }
            }
            guard let target = target(of: step, series) else { continue }
            rows += row
            targets.append(target)
        }
        return (Matrix(rows: targets.count, columns: row.count, values: rows), targets)
    }

    /// What is predicted at a step of a stretch; nil where the step is not learned from.
    private func target(of step: Int, _ series: StepSeries) -> Double? {
        guard step >= settings.washout, step + settings.horizon < series.targets.count else { return nil }
        return series.targets[step + settings.horizon]
    }

    /// Steps of a stretch that are learned from.
    private func pairs(of series: StepSeries) -> Int { series.targets.indices.count { target(of: $0, series) != nil } }

    /// Of all inputs up to the last step that λ is not chosen on.
    private func statistics(_ series: [StepSeries], _ learned: Int) -> InputStatistics {
        var found = InputStatistics(inputs: inputs)
        var seen = 0
        for stretch in series {
            for step in stretch.targets.indices {
                guard seen < learned else { return found }
                stretch.inputs.withUnsafeBufferPointer { found.take(Self.part($0, step, inputs)) }
                if target(of: step, stretch) != nil { seen += 1 }
            }
        }
        return found
    }

    /// What drives the reservoir, shape `[steps, virtual nodes, channels]`.
    private func drive(_ scaled: [Double], channels: Int) -> [Float] {
        let map = settings.map(inputs: inputs, channels: channels)
        let (steps, turns) = (scaled.count / inputs, settings.features.virtualNodes)
        var own = [Float](repeating: 0, count: channels)
        var drive = [Float](repeating: 0, count: steps * turns * channels)
        drive.withUnsafeMutableBufferPointer { drive in
            scaled.withUnsafeBufferPointer { scaled in
                own.withUnsafeMutableBufferPointer { own in
                    for step in 0..<steps {
                        map.setDrive(Self.part(scaled, step, inputs), own)
                        for turn in 0..<turns {
                            let first = (step * turns + turn) * channels
                            StateFeatures.setFrame(
                                turn, of: UnsafeBufferPointer(own),
                                into: UnsafeMutableBufferPointer(rebasing: drive[first..<first + channels]))
                        }
                    }
                }
            }
        }
        return drive
    }

    /// A row of so many values.
    private static func part<Value>(
        _ values: UnsafeBufferPointer<Value>, _ row: Int, _ width: Int
    ) -> UnsafeBufferPointer<Value> { UnsafeBufferPointer(rebasing: values[row * width..<(row + 1) * width]) }
}
