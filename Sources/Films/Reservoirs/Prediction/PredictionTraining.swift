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
public struct PredictionTraining {
    /// Of the steps with a target the last fifth is held back to choose λ; then all are learned from.
    public static let heldBack = 0.2
    /// Penalties to choose from, times the number of steps that are learned from.
    public static let lambdas = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12]

    private let settings: PredictionSettings
    private let inputs: Int

    /// - Parameter inputs: of a step.
    public init(_ settings: PredictionSettings, inputs: Int) { (self.settings, self.inputs) = (settings, inputs) }

    /// What a training found.
    public struct Result: Sendable, Equatable {
        public var mean: [Double]
        public var deviation: [Double]
        public var readout: LinearReadout
        /// As a multiple of the steps.
        public var lambda: Double
        public var steps: Int
        public var heldBackNRMSE: Double
    }

    /// - Parameters:
    ///   - seed: of the reservoir's resets.
    ///   - progress: called after every stretch with the fraction done; returns false to stop.
    /// - Returns: nil when it was stopped.
    /// - Throws: ``PredictionError``, ``ReadoutError``, and what the reservoir throws.
    public func run(
        _ series: [StepSeries], on reservoir: any Reservoir, seed: UInt64, progress: (Double) -> Bool
    ) throws -> Result? {
        let (mean, deviation) = statistics(series)
        let width = settings.features.width(nodes: reservoir.nodes, inputs: inputs)
        let all = series.reduce(0) { $0 + pairs(of: $1).count }
        // As many as there are columns, and some more to choose λ on.
        let needed = max(100, width / 4)
        guard all >= needed else { throw PredictionError.tooFewSteps(found: all, needed: needed) }
        let learned = all - Int(Double(all) * Self.heldBack)
        var first = GramAccumulator(nodes: width, outputs: 1)
        var whole = first
        var (states, targets): ([Double], [Double]) = ([], [])
        var (seen, steps) = (0, 0)
        let total = series.reduce(0) { $0 + $1.targets.count }
        for stretch in series {
            let rows = try columns(stretch, reservoir, seed: seed, mean, deviation)
            let pairs = pairs(of: stretch)
            guard !pairs.isEmpty else { continue }
            let x = pairs.flatMap { rows[$0.state * width..<($0.state + 1) * width] }
            let y = pairs.map(\.target)
            try whole.add(
                states: Matrix(rows: y.count, columns: width, values: x), targets: Matrix(rows: y.count, columns: 1, values: y))
            let own = max(0, min(y.count, learned - seen))
            if own > 0 {
                try first.add(
                    states: Matrix(rows: own, columns: width, values: Array(x[..<(own * width)])),
                    targets: Matrix(rows: own, columns: 1, values: Array(y[..<own])))
            }
            states += x[(own * width)...]
            targets += y[own...]
            seen += y.count
            steps += stretch.targets.count
            guard progress(Double(steps) / Double(total)) else { return nil }
        }
        let held = (
            states: Matrix(rows: targets.count, columns: width, values: states),
            targets: Matrix(rows: targets.count, columns: 1, values: targets)
        )
        let choice = try first.path(lambdas: Self.lambdas.map { $0 * Double(learned) }).choose(
            states: held.states, targets: held.targets)
        let lambda = Self.lambdas[choice.index]
        // That error has the variance over n − 1.
        let nmse = choice.errors[choice.index] * Double(targets.count) / Double(targets.count - 1)
        return Result(
            mean: mean, deviation: deviation, readout: try whole.path(lambdas: [lambda * Double(all)]).readouts[0],
            lambda: lambda, steps: all, heldBackNRMSE: nmse.squareRoot())
    }

    /// Steps of a stretch that are learned from, each with its target.
    private func pairs(of series: StepSeries) -> [(state: Int, target: Double)] {
        let last = series.targets.count - settings.horizon
        guard settings.washout < last else { return [] }
        return (settings.washout..<last).compactMap { step in series.targets[step + settings.horizon].map { (step, $0) } }
    }

    private func statistics(_ series: [StepSeries]) -> (mean: [Double], deviation: [Double]) {
        var all = InputStatistics(inputs: inputs)
        for stretch in series {
            stretch.inputs.withUnsafeBufferPointer { values in
                for step in stretch.targets.indices {
                    all.take(UnsafeBufferPointer(rebasing: values[step * inputs..<(step + 1) * inputs]))
                }
            }
        }
        return (all.mean, all.deviation)
    }

    /// Drives the reservoir from its beginning.
    /// - Returns: what the readout sees, shape `[steps, width]`.
    private func columns(
        _ series: StepSeries, _ reservoir: any Reservoir, seed: UInt64, _ mean: [Double], _ deviation: [Double]
    ) throws -> [Double] {
        let (steps, channels, nodes) = (series.targets.count, reservoir.inputs, reservoir.nodes)
        let map = settings.map(inputs: inputs, channels: channels)
        let scaled = series.inputs.enumerated().map { place, value in
            PredictionSettings.standardised(value, mean: mean[place % inputs], deviation: deviation[place % inputs])
        }
        var drive = [Float](repeating: 0, count: steps * channels)
        drive.withUnsafeMutableBufferPointer { drive in
            scaled.withUnsafeBufferPointer { scaled in
                for step in 0..<steps {
                    map.setDrive(
                        UnsafeBufferPointer(rebasing: scaled[step * inputs..<(step + 1) * inputs]),
                        UnsafeMutableBufferPointer(rebasing: drive[step * channels..<(step + 1) * channels]))
                }
            }
        }
        try reservoir.reset(seed: seed)
        let states = try reservoir.run(drive)
        var stream = StateFeatureStream(settings.features, nodes: nodes, inputs: inputs)
        let width = stream.width
        var rows = [Double](repeating: 0, count: steps * width)
        rows.withUnsafeMutableBufferPointer { rows in
            states.withUnsafeBufferPointer { states in
                scaled.withUnsafeBufferPointer { scaled in
                    for step in 0..<steps {
                        stream.take(
                            state: UnsafeBufferPointer(rebasing: states[step * nodes..<(step + 1) * nodes]),
                            inputs: UnsafeBufferPointer(rebasing: scaled[step * inputs..<(step + 1) * inputs]),
                            into: UnsafeMutableBufferPointer(rebasing: rows[step * width..<(step + 1) * width]))
                    }
                }
            }
        }
        return rows
    }
}

/// Mean and spread of inputs as they come.
public struct InputStatistics: Sendable {
    public private(set) var mean: [Double]
    public private(set) var steps = 0
    private var scatter: [Double]

    public init(inputs: Int) {
        mean = [Double](repeating: 0, count: inputs)
        scatter = mean
    }

    public mutating func take(_ values: UnsafeBufferPointer<Double>) {
        steps += 1
        for input in mean.indices {
            let difference = values[input] - mean[input]
            mean[input] += difference / Double(steps)
            scatter[input] += difference * (values[input] - mean[input])
        }
    }

    /// Above 0: an input that never moves carries nothing, whatever it is divided by.
    public var deviation: [Double] {
        scatter.map { sum in
            let spread = (sum / Double(max(1, steps))).squareRoot()
            return spread > 0 && spread.isFinite ? spread : 1
        }
    }
}
