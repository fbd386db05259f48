import Glibc

/// Logistic regression with few coefficients, by Newton's method with halved steps; the log-likelihood is concave.
struct LogisticRegression {
    let coefficients: [Double]
    let logLikelihood: Double

    /// - Parameters:
    ///   - features: shape `[coefficients][rows]`; a constant is a feature of ones.
    ///   - targets: 0 … 1, shape `[rows]`.
    /// - Throws: ``ConfidenceError`` when the largest likelihood is not attained.
    init(features: [[Double]], targets: [Double]) throws(ConfidenceError) {
        let size = features.count
        var b = [Double](repeating: 0, count: size)
        func evaluate(_ b: [Double]) -> (value: Double, gradient: [Double], information: [[Double]]) {
            var value = 0.0
            var gradient = [Double](repeating: 0, count: size)
            var information = [[Double]](repeating: gradient, count: size)
            for row in targets.indices {
                var z = 0.0
                for k in 0..<size { z += b[k] * features[k][row] }
                let c = Probability.logistic(z)
                value += targets[row] * z - Probability.softplus(z)
                let v = Probability.logistic(-z) * c
                for k in 0..<size {
                    gradient[k] += (targets[row] - c) * features[k][row]
                    for j in 0...k { information[k][j] += v * features[k][row] * features[j][row] }
                }
            }
            return (value, gradient, information)
        }
        var here = evaluate(b)
        for iteration in 0... {
            guard iteration < 200 else { throw ConfidenceError(.notConverged("a logistic regression")) }
            guard let step = Self.solve(here.information, here.gradient) else { throw ConfidenceError(.separated) }
            let gain = 0.5 * zip(here.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
            var part = 1.0
            var next = zip(b, step).map { $0 + $1 }
            var there = evaluate(next)
            while !(there.value >= here.value - 1e-13 * abs(here.value)), part > 1e-10 {
                part /= 2
                next = zip(b, step).map { $0 + part * $1 }
                there = evaluate(next)
            }
            if there.value >= here.value { (b, here) = (next, there) }
            if gain < 1e-16 * max(1, abs(here.value)) || part <= 1e-10 { break }
            // Coefficients that only grow: the likelihood has no largest value.
            if iteration > 60 || here.value > -1e-9 { throw ConfidenceError(.separated) }
        }
        coefficients = b
        logLikelihood = here.value
    }

    /// The solution of a positive definite system by Cholesky's method, of which the lower triangle is given; nil when it is singular.
    private static func solve(_ matrix: [[Double]], _ y: [Double]) -> [Double]? {
        var l = matrix
        let size = y.count
        for i in 0..<size {
            for j in 0...i {
                var sum = matrix[i][j]
                for k in 0..<j { sum -= l[i][k] * l[j][k] }
                if i == j {
                    guard sum > 1e-14 * matrix[i][i], sum.isFinite else { return nil }
                    l[i][i] = sum.squareRoot()
                } else {
                    l[i][j] = sum / l[j][j]
                }
            }
        }
        var x = y
        for i in 0..<size {
            for k in 0..<i { x[i] -= l[i][k] * x[k] }
            x[i] /= l[i][i]
        }
        for i in (0..<size).reversed() {
            for k in i + 1..<size { x[i] -= l[k][i] * x[k] }
            x[i] /= l[i][i]
        }
        return x
    }
}
