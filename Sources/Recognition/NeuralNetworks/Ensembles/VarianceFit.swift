import Glibc
import Signals

/// α of V = exp(α L / n) − 1, from kernels that were drawn at several widths.
public struct VarianceFit: Sendable, Equatable, Codable {
    /// One width.
    public struct Point: Sendable, Equatable, Codable {
        public var width: Int
        /// V as it was measured.
        public var variance: Double
        /// α of this width alone.
        public var alpha: Double
        /// Standard error of ln(1 + V), by resampling the draws.
        public var error: Double
    }

    public var points: [Point]
    public var alpha: Double
    /// 95 %.
    public var low: Double
    public var high: Double
    /// Whether one α holds for all widths: χ² of the residuals within its 99 % for as many widths.
    public var fits: Bool

    /// - Parameters:
    ///   - kernels: of each width, at least two widths.
    ///   - depth: L.
    ///   - seed: of the resampling.
    public init(_ kernels: [(width: Int, kernels: [Double])], depth: Int, seed: UInt64) {
        precondition(kernels.count > 1 && kernels.allSatisfy { $0.kernels.count > 1 }, "a fit needs draws of two widths")
        var random = SplitMix64(seed: seed)
        points = kernels.map { width, kernels in
            let found = KernelVariance(kernels)
            var (sum, squares) = (0.0, 0.0)
            let turns = 200
            for _ in 0..<turns {
                let again = KernelVariance(kernels.map { _ in kernels[random.integer(below: kernels.count)] })
                let y = log1p(again.variance)
                (sum, squares) = (sum + y, squares + y * y)
            }
            let error = max(1e-12, (squares / Double(turns) - sum * sum / Double(turns * turns))).squareRoot()
            return Point(
                width: width, variance: found.variance, alpha: found.alpha(width: width, depth: depth), error: error)
        }
        // y = α x through the origin, with x = L / n.
        func x(_ point: Point) -> Double { Double(depth) / Double(point.width) }
        let weight = points.reduce(0) { $0 + x($1) * x($1) / ($1.error * $1.error) }
        let alpha = points.reduce(0) { $0 + x($1) * log1p($1.variance) / ($1.error * $1.error) } / weight
        self.alpha = alpha
        let spread = 1.96 / weight.squareRoot()
        (low, high) = (alpha - spread, alpha + spread)
        let square = points.reduce(0) { sum, point in
            let residual = (log1p(point.variance) - alpha * x(point)) / point.error
            return sum + residual * residual
        }
        // Wilson and Hilferty's cube, at 99 %.
        let freedom = Double(points.count - 1)
        let limit = freedom * pow(1 - 2 / (9 * freedom) + 2.326 * (2 / (9 * freedom)).squareRoot(), 3)
        fits = square <= limit
    }
}
