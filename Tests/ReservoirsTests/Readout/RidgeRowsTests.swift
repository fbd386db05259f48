import LinearAlgebra
import Reservoirs
import Signals
import Testing

/// Fits of rows in memory, tall and wide.
struct RidgeRowsTests {
    private func problem(samples: Int, features: Int, seed: UInt64) -> (x: Matrix<Double>, y: Matrix<Double>) {
        var random = SplitMix64(seed: seed)
        var x = Matrix<Double>(rows: samples, columns: features)
        for index in x.values.indices { x.values[index] = random.normal() + 2 }
        var y = Matrix<Double>(rows: samples, columns: 3)
        for row in 0..<samples {
            for k in 0..<3 {
                y[row, k] = 5 * Double(k) + x[row, k] - x[row, (k + 1) % features] + 0.3 * random.normal()
            }
        }
        return (x, y)
    }

    @Test(arguments: [(60, 12), (15, 40)], [false, true])
    func `weights and intercept equal LAPACK's direct solution`(shape: (Int, Int), isExact: Bool) throws {
        let (x, y) = problem(samples: shape.0, features: shape.1, seed: 3)
        let lambdas = [1e-3, 0.1, 10]
        let path = try RidgePath(states: x, targets: y, lambdas: lambdas, isExact: isExact)
        for (lambda, found) in zip(lambdas, path.readouts) {
            let expected = try DirectRidge.ridge(x, y, lambda: lambda)
            for (a, b) in zip(found.weights.values, expected.weights.values) { #expect(abs(a - b) < 1e-8) }
            for (a, b) in zip(found.intercept, expected.intercept) { #expect(abs(a - b) < 1e-7) }
        }
    }

    @Test(arguments: [false, true])
    func `fewer rows than nodes give the path of the accumulators, with its errors`(isExact: Bool) throws {
        let (x, y) = problem(samples: 15, features: 40, seed: 4)
        let lambdas = [0.01, 1.0, 100]
        let found = try RidgePath(states: x, targets: y, lambdas: lambdas, isExact: isExact)
        var sums = QRAccumulator(nodes: 40, outputs: 3)
        try sums.add(states: x, targets: y)
        let expected = try sums.path(lambdas: lambdas)
        for place in lambdas.indices {
            #expect(abs(found.effectiveParameters[place] - expected.effectiveParameters[place]) < 1e-8)
            for (a, b) in zip(found.residualSums[place], expected.residualSums[place]) { #expect(abs(a - b) < 1e-8) }
        }
        #expect(abs(found.largestEigenvalue / expected.largestEigenvalue - 1) < 1e-9)
        // All rows minus their mean span one direction fewer than there are rows.
        #expect(found.leastEigenvalue == 0 && expected.leastEigenvalue < 1e-20 * expected.largestEigenvalue)
        #expect(abs(found.conditionNumber(1) / (found.largestEigenvalue + 1) - 1) < 1e-12)
    }

    @Test func `a constant added to the targets changes the intercept only`() throws {
        for shape in [(30, 5), (5, 30)] {
            let (x, y) = problem(samples: shape.0, features: shape.1, seed: 5)
            var shifted = y
            for index in shifted.values.indices { shifted.values[index] += 7 }
            let a = try RidgePath(states: x, targets: y, lambdas: [2]).readouts[0]
            let b = try RidgePath(states: x, targets: shifted, lambdas: [2]).readouts[0]
            for (p, q) in zip(a.weights.values, b.weights.values) { #expect(abs(p - q) < 1e-10) }
            for (p, q) in zip(a.intercept, b.intercept) { #expect(abs(p + 7 - q) < 1e-10) }
        }
    }

    @Test func `rows that do not match, none at all and values that are no numbers are typed errors`() {
        for shape in [(4, 2), (4, 9)] {
            #expect(throws: ReadoutError.self) {
                try RidgePath(
                    states: Matrix(rows: shape.0, columns: shape.1), targets: Matrix(rows: 3, columns: 1), lambdas: [1])
            }
        }
        #expect(throws: ReadoutError.tooFewSamples(found: 1, needed: 2)) {
            try RidgePath(states: Matrix(rows: 1, columns: 2), targets: Matrix(rows: 1, columns: 1), lambdas: [1])
        }
        #expect(throws: ReadoutError.notFinite(what: "states", row: 1, column: 2)) {
            var states = Matrix<Double>(rows: 2, columns: 3)
            states[1, 2] = .nan
            _ = try RidgePath(states: states, targets: Matrix(rows: 2, columns: 1), lambdas: [1])
        }
    }

    @Test func `sums behind one type are those of the accumulators`() throws {
        let (x, y) = problem(samples: 60, features: 12, seed: 6)
        for isExact in [false, true] {
            var (first, second) = (
                ReadoutSums(nodes: 12, outputs: 3, isExact: isExact), ReadoutSums(nodes: 12, outputs: 3, isExact: isExact)
            )
            try first.add(states: x.rows(0..<20), targets: y.rows(0..<20))
            try second.add(states: x.rows(20..<60), targets: y.rows(20..<60))
            try first.merge(second)
            #expect(first.samples == 60 && first.nodes == 12 && first.outputs == 3)
            let found = try first.path(lambdas: [0.1]).readouts[0]
            let expected = try DirectRidge.ridge(x, y, lambda: 0.1)
            for (a, b) in zip(found.weights.values, expected.weights.values) { #expect(abs(a - b) < 1e-8) }
            #expect(throws: ReadoutError.self) { try first.add(states: x, targets: y.rows(0..<2)) }
            // An error has changed nothing.
            #expect(try first.path(lambdas: [0.1]).readouts[0] == found)
        }
    }
}
