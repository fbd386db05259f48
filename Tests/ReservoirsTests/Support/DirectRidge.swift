import LinearAlgebra

/// Direct solutions of the same problem by LAPACK, written out here.
enum DirectRidge {
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
