public import LinearAlgebra
import Signals

/// Linear memory capacity: how well the inputs of past steps can be read off the present state by a linear readout.
///
///     MC = Σ_k MC_k,   MC_k = cov²(u(t − k), ŷ_k(t)) / (var u · var ŷ_k),   k = 1 … delays
///
/// ŷ_k is fitted on the first part of the steps and measured on the rest. With N nodes MC is at most N.
///
/// - Source: H. Jaeger, "Short term memory in echo state networks", GMD report 152 (2001).
public struct MemoryCapacity: Sendable, Equatable {
    public enum Split: Sendable, Equatable {
        /// The first share of the usable steps is for training.
        case share(Double)
        /// The last steps are for the test.
        case testSteps(Int)
    }

    public struct Settings: Sendable, Equatable {
        /// The longest delay.
        public var delays: Int
        /// Steps before this one are not used, and none before the longest delay.
        public var washout: Int
        public var split: Split
        public var ridge: CapacityRidge
        public var threshold: CapacityThreshold

        /// Larmor's definition: halves, and what shuffled targets reach in 99 of 100 cases counts as nothing.
        public init(
            delays: Int, washout: Int = 50, split: Split = .share(0.5), ridge: CapacityRidge = .relative(1e-8),
            threshold: CapacityThreshold = .shuffled(quantile: 0.99, shuffles: 200, seed: 1)
        ) {
            self.delays = delays
            self.washout = washout
            self.split = split
            self.ridge = ridge
            self.threshold = threshold
        }

        /// RCbench 1.0.10, `MemoryCapacityEvaluator`: the steps from the longest delay on, no threshold.
        public static func rcbench(delays: Int = 30, ridge: Double = 1, trainingShare: Double = 0.8) -> Settings {
            Settings(delays: delays, washout: 0, split: .share(trainingShare), ridge: .absolute(ridge), threshold: .none)
        }

        /// ReservoirPy 0.4.2, `observables.memory_capacity`: its reservoir gets the series from the longest delay on, and as many steps
        /// are its warm-up; the last fifth is the test.
        /// - Parameter steps: of the whole series.
        public static func reservoirPy(delays: Int, ridge: Double, steps: Int, testShare: Double = 0.2) -> Settings {
            // Python rounds halves to even.
            let test = Int((Double(steps) * testShare).rounded(.toNearestOrEven))
            return Settings(
                delays: delays, washout: 2 * delays, split: .testSteps(test), ridge: .absolute(ridge), threshold: .none)
        }
    }

    /// MC_1, MC_2, …; those below the threshold are 0.
    public var capacities: [Double]
    /// 0 where there is none.
    public var threshold: Double

    public var total: Double { capacities.reduce(0, +) }

    /// - Parameters:
    ///   - inputs: one for each step.
    ///   - states: after each input, shape `[steps, nodes]`.
    /// - Throws: `MetricError`, `LinearAlgebraError`.
    public init(inputs: [Double], states: Matrix<Double>, settings: Settings) throws {
        precondition(settings.delays > 0 && settings.washout >= 0, "there is one delay at least")
        let name = "memory capacity"
        try MetricError.check(name, inputs: inputs, states: states)
        let first = max(settings.washout, settings.delays)
        let usable = states.rows - first
        let training =
            switch settings.split {
            case .share(let share): Int(share * Double(max(0, usable)))
            case .testSteps(let steps): usable - steps
            }
        guard training >= 2, usable - training >= 2 else {
            throw MetricError.tooFewSteps(metric: name, needed: first + 4, found: states.rows)
        }
        let (fit, test) = (first..<first + training, first + training..<states.rows)
        let readout = CapacityReadout(states.rows(fit), ridge: settings.ridge)
        let held = states.rows(test)
        func target(_ rows: Range<Int>) -> Matrix<Double> {
            var matrix = Matrix<Double>(rows: rows.count, columns: settings.delays)
            for row in rows { for k in 1...settings.delays { matrix[row - rows.lowerBound, k - 1] = inputs[row - k] } }
            return matrix
        }
        var found = try readout.capacities(training: target(fit), states: held, test: target(test))
        switch settings.threshold {
        case .none, .chiSquare: threshold = 0
        case .fixed(let value): threshold = value
        case .shuffled(let quantile, let shuffles, let seed):
            let shuffled = Self.shuffled(Array(inputs[first...]), shuffles: shuffles, seed: seed)
            let chance = try readout.capacities(
                training: shuffled.rows(0..<training), states: held, test: shuffled.rows(training..<usable))
            threshold = Self.quantile(chance, quantile)
        }
        for k in found.indices where found[k] <= threshold && threshold > 0 { found[k] = 0 }
        capacities = found
    }

    /// Each column is the values in another random order.
    static func shuffled(_ values: [Double], shuffles: Int, seed: UInt64) -> Matrix<Double> {
        var random = SplitMix64(seed: seed)
        var matrix = Matrix<Double>(rows: values.count, columns: max(1, shuffles))
        var order = values
        for column in 0..<matrix.columns {
            order.shuffle(using: &random)
            for row in order.indices { matrix[row, column] = order[row] }
        }
        return matrix
    }

    /// Between the two nearest, as NumPy's.
    static func quantile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return 0 }
        let place = min(max(0, share), 1) * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return last }
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}
