import LinearAlgebra
import Reservoirs
import Signals
import Testing

/// Direct solutions of the same problem by LAPACK, written out here.
private enum Direct {
    /// min ‖Y − X W − 1 b‖² + λ‖W‖², as one least-squares problem: rows √λ·e_k below the data penalise each weight but not b.
    static func ridge(
        _ x: Matrix<Double>, _ y: Matrix<Double>, lambda: Double
    ) throws -> (weights: Matrix<Double>, intercept: [Double]) {
        var a = Matrix<Double>(rows: x.rows + x.columns, columns: x.columns + 1)
        var b = Matrix<Double>(rows: x.rows + x.columns, columns: y.columns)
        for row in 0..<x.rows {
            for k in 0..<x.columns { a[row, k] = x[row, k] }
            a[row, x.columns] = 1
            for k in 0..<y.columns { b[row, k] = y[row, k] }
        }
        for k in 0..<x.columns { a[x.rows + k, k] = lambda.squareRoot() }
        let solution = try a.leastSquares(b)
        return (solution.rows(0..<x.columns), Array(solution.row(x.columns)))
    }

    /// The mean squared error of predicting each sample from all others, by fitting anew for each.
    static func leaveOneOut(_ x: Matrix<Double>, _ y: Matrix<Double>, lambda: Double) throws -> Double {
        var sum = 0.0
        for left in 0..<x.rows {
            let rows = (0..<x.rows).filter { $0 != left }
            let (weights, intercept) = try ridge(pick(x, rows), pick(y, rows), lambda: lambda)
            let predicted = x.rows(left..<left + 1).times(weights)
            for k in 0..<y.columns {
                let error = y[left, k] - predicted[0, k] - intercept[k]
                sum += error * error
            }
        }
        return sum / Double(x.rows * y.columns)
    }

    private static func pick(_ matrix: Matrix<Double>, _ rows: [Int]) -> Matrix<Double> {
        Matrix(rows: rows.count, columns: matrix.columns, values: rows.flatMap { Array(matrix.row($0)) })
    }
}

struct RidgeRegressionTests {
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

    @Test(arguments: [(60, 12), (15, 40)], [1e-3, 0.1, 10])
    func `weights and intercept equal LAPACK's direct solution`(shape: (Int, Int), lambda: Double) throws {
        let (x, y) = problem(samples: shape.0, features: shape.1, seed: 3)
        let found = try RidgeRegression(features: x, targets: y, lambdas: [lambda])
        let expected = try Direct.ridge(x, y, lambda: lambda)
        for (a, b) in zip(found.weights.values, expected.weights.values) { #expect(abs(a - b) < 1e-8) }
        for (a, b) in zip(found.intercept, expected.intercept) { #expect(abs(a - b) < 1e-7) }
    }

    @Test(arguments: [(20, 6), (8, 14)])
    func `the leave-one-out error equals refitting without each sample`(samples: Int, features: Int) throws {
        let (x, y) = problem(samples: samples, features: features, seed: 4)
        let lambdas = [0.01, 1.0, 100]
        let found = try RidgeRegression(features: x, targets: y, lambdas: lambdas)
        for (lambda, error) in zip(lambdas, found.errors) {
            let expected = try Direct.leaveOneOut(x, y, lambda: lambda)
            #expect(abs(error - expected) < 1e-8 * expected)
        }
        #expect(found.lambda == zip(found.errors, lambdas).min { $0.0 < $1.0 }?.1)
    }

    @Test func `a constant added to the targets changes the intercept only`() throws {
        let (x, y) = problem(samples: 30, features: 5, seed: 5)
        var shifted = y
        for index in shifted.values.indices { shifted.values[index] += 7 }
        let a = try RidgeRegression(features: x, targets: y, lambdas: [2])
        let b = try RidgeRegression(features: x, targets: shifted, lambdas: [2])
        for (p, q) in zip(a.weights.values, b.weights.values) { #expect(abs(p - q) < 1e-10) }
        for (p, q) in zip(a.intercept, b.intercept) { #expect(abs(p + 7 - q) < 1e-10) }
    }

    @Test func `rows that do not match are a typed error`() {
        #expect(throws: LinearAlgebraError.self) {
            try RidgeRegression(
                features: Matrix(rows: 4, columns: 2), targets: Matrix(rows: 3, columns: 1), lambdas: [1])
        }
    }
}
