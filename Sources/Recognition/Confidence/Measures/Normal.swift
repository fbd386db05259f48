import Glibc

/// The standard normal distribution.
enum Normal {
    static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The z below which a share `p` lies, to about 1e-15 relative: Newton's method on `erfc`, which the C library has exactly.
    /// - Parameter p: between 0 and 1.
    static func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
        // The lower tail, where p keeps its digits.
        if p > 0.5 { return -quantile(1 - p) }
        // A start by the logistic's shape; log Φ is concave, so Newton's method on it does not leave.
        var z = p > 0.02 ? log(p / (1 - p)) / 1.702 : -(-2 * log(p) - log(-2 * log(p)) - log(2 * .pi)).squareRoot()
        for _ in 0..<50 {
            let area = cumulative(z)
            let density = exp(-z * z / 2) / (2 * .pi).squareRoot()
            let step = (log(area) - log(p)) * area / density
            z -= step
            if abs(step) < 1e-15 * max(1, abs(z)) { break }
        }
        return z
    }
}
