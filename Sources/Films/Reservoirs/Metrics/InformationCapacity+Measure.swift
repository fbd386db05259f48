import LinearAlgebra

extension InformationCapacity {
    /// The capacity of any target on the same states, by one of the two estimates.
    struct Measure {
        private enum Way {
            /// Orthonormal columns that span the states without their means.
            case projection(Matrix<Double>, subtractsChance: Bool)
            case split(CapacityReadout, training: Int, test: Matrix<Double>)
        }

        private let way: Way
        let bound: Int
        private let steps: Int

        init(states: Matrix<Double>, settings: Settings) throws {
            steps = states.rows
            switch settings.estimate {
            case .projection(let subtractsChance):
                let directions = try Self.orthonormal(states, tolerance: settings.tolerance)
                bound = directions.columns
                way = .projection(directions, subtractsChance: subtractsChance)
                guard steps > bound + 1 else {
                    throw MetricError.tooFewSteps(
                        metric: "information capacity", needed: states.columns + settings.longestDelay + settings.washout + 2,
                        found: steps)
                }
            case .split(let share, let ridge):
                let training = Int(Double(steps) * share)
                guard training >= 2, steps - training >= 2 else {
                    throw MetricError.tooFewSteps(metric: "information capacity", needed: 4, found: steps)
                }
                bound = states.columns
                way = .split(
                    CapacityReadout(states.rows(0..<training), ridge: ridge), training: training,
                    test: states.rows(training..<steps))
            }
        }

        /// - Parameter targets: shape `[steps, targets]`.
        func capacities(_ targets: Matrix<Double>) throws(LinearAlgebraError) -> [Double] {
            switch way {
            case .projection(let directions, _):
                let means = CapacityReadout.means(targets)
                let centred = CapacityReadout.applied(targets, means, [Double](repeating: 1, count: means.count))
                let parts = directions.transposed.times(centred)
                let sizes = CapacityReadout.variances(targets, means).map { $0 * Double(steps) }
                var sums = [Double](repeating: 0, count: targets.columns)
                for row in 0..<parts.rows { for k in sums.indices { sums[k] += parts[row, k] * parts[row, k] } }
                return zip(sums, sizes).map { $1 > 0 ? min(1, $0 / $1) : 0 }
            case .split(let readout, let training, let test):
                return try readout.capacities(
                    training: targets.rows(0..<training), states: test, test: targets.rows(training..<steps))
            }
        }

        /// A capacity without what chance adds to it on average.
        func withoutChance(_ capacity: Double) -> Double {
            guard case .projection(_, true) = way else { return capacity }
            return max(0, capacity - (1 - capacity) * Double(bound) / Double(steps - 1 - bound))
        }

        func threshold(_ kind: CapacityThreshold, _ inputs: [Double]) throws(LinearAlgebraError) -> Double {
            switch kind {
            case .none: return 0
            case .fixed(let value): return value
            case .chiSquare(let probability):
                guard bound > 0 else { return 0 }
                return min(1, ChiSquare.quantile(exceededWith: probability, degrees: bound) / Double(steps))
            case .shuffled(let quantile, let shuffles, let seed):
                let chance = try capacities(MemoryCapacity.shuffled(inputs, shuffles: shuffles, seed: seed))
                return MemoryCapacity.quantile(chance, quantile)
            }
        }

        /// Columns that span the nodes, each without its mean and divided by its deviation; directions below `tolerance` times the
        /// largest are left out. A second pass makes them orthogonal to rounding.
        private static func orthonormal(_ states: Matrix<Double>, tolerance: Double) throws(LinearAlgebraError) -> Matrix<
            Double
        > {
            let means = CapacityReadout.means(states)
            let scale = zip(CapacityReadout.variances(states, means), means).map { variance, mean in
                variance > 1e-24 * max(1e-300, mean * mean) ? 1 / variance.squareRoot() : 0
            }
            let once = try whitened(CapacityReadout.applied(states, means, scale), tolerance: tolerance)
            return once.columns == 0 ? once : try whitened(once, tolerance: 1e-9)
        }

        private static func whitened(_ x: Matrix<Double>, tolerance: Double) throws(LinearAlgebraError) -> Matrix<Double> {
            let (values, vectors) = try x.transposed.times(x).symmetricEigen()
            let largest = values.last ?? 0
            let kept = values.indices.filter { largest > 0 && values[$0] > tolerance * tolerance * largest }
            var map = Matrix<Double>(rows: x.columns, columns: kept.count)
            for (column, index) in kept.enumerated() {
                let scale = 1 / values[index].squareRoot()
                for row in 0..<x.columns { map[row, column] = vectors[row, index] * scale }
            }
            return x.times(map)
        }
    }
}
