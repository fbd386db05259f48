import Glibc

/// Gauss quadrature for the weight 1 − |s| on −1 … 1, of which every rule up to `countMax` points is kept.
///
/// The difference of two points that are uniform in two equal cells has this triangular density along each axis, so these
/// rules average a smooth function over pairs of points of two cells. A rule with n points is exact up to degree 2n − 1.
/// Source: W. Gautschi, "Orthogonal Polynomials: Computation and Approximation" (2004), 2.2 (discretised Stieltjes
/// procedure) and theorem 1.31 (weights).
struct TriangularQuadrature: Sendable {
    struct Rule: Sendable {
        /// Points in −1 … 1 in ascending order.
        var points: [Double]
        /// Their weights; the sum is 1.
        var weights: [Double]
    }

    static let countMax = 24
    /// `rules[n]` has n points; `rules[0]` is empty.
    static let rules: [Rule] = makeRules()

    /// Points needed along an axis so that the average of a function, analytic but for singularities at least `distance`
    /// half-widths away from the interval, is good to rounding.
    static func count(distance: Double) -> Int {
        // The error of an n-point rule falls as ρ^(−2n), ρ the sum of half axes of the ellipse that reaches the singularity.
        let decay = log(distance + (distance * distance + 1).squareRoot())
        return decay > 0 ? max(2, Int(min(35 / (2 * decay), 1e4)) + 1) : .max
    }

    private static func makeRules() -> [Rule] {
        // β of the three-term recurrence π(k+1) = s π(k) − β(k) π(k−1); α vanishes by symmetry. The inner products are
        // exact: a 64-point midpoint-free rule, Gauss–Legendre on 0 … 1, mirrored.
        let (nodes, legendre) = gaussLegendre(64)
        let count = nodes.count
        let s = nodes.map { ($0 + 1) / 2 }
        let w = (0..<count).map { legendre[$0] * (1 - s[$0]) }  // ½ from the map, 2 from the mirror
        var beta = [1.0]
        var previous = [Double](repeating: 0, count: count)
        var current = [Double](repeating: 1, count: count)
        var norm = 1.0
        for _ in 1...countMax {
            let next = (0..<count).map { s[$0] * current[$0] - (beta.count == 1 ? 0 : beta[beta.count - 1]) * previous[$0] }
            previous = current
            current = next
            let newNorm = (0..<count).reduce(0) { $0 + w[$1] * current[$1] * current[$1] }
            beta.append(newNorm / norm)
            norm = newNorm
        }
        // Orthonormal polynomials at s; the zeros of one lie between those of the one before and the ends.
        func values(_ n: Int, _ s: Double) -> [Double] {
            var p = [1.0]
            for k in 0..<n {
                let before = k == 0 ? 0 : beta[k].squareRoot() * p[k - 1]
                p.append((s * p[k] - before) / beta[k + 1].squareRoot())
            }
            return p
        }
        var rules = [Rule(points: [], weights: [])]
        for n in 1...countMax {
            let bounds = [-1] + rules[n - 1].points + [1]
            let points = (0..<n).map { i in
                var (low, high) = (bounds[i], bounds[i + 1])
                let lowSign = values(n, low)[n] < 0
                for _ in 0..<60 {
                    let middle = (low + high) / 2
                    if (values(n, middle)[n] < 0) == lowSign { low = middle } else { high = middle }
                }
                return (low + high) / 2
            }
            let weights = points.map { point in 1 / values(n - 1, point).reduce(0) { $0 + $1 * $1 } }
            rules.append(Rule(points: points, weights: weights))
        }
        return rules
    }

    /// Nodes and weights of the n-point Gauss–Legendre rule on −1 … 1 by Newton's method.
    static func gaussLegendre(_ n: Int) -> (points: [Double], weights: [Double]) {
        var points: [Double] = []
        var weights: [Double] = []
        for i in 0..<n {
            var x = -cos(.pi * (Double(i) + 0.75) / (Double(n) + 0.5))
            var slope = 0.0
            for _ in 0..<20 {
                var (p0, p1) = (1.0, x)
                for k in 2...n { (p0, p1) = (p1, (Double(2 * k - 1) * x * p1 - Double(k - 1) * p0) / Double(k)) }
                slope = Double(n) * (x * p1 - p0) / (x * x - 1)
                x -= p1 / slope
            }
            points.append(x)
            weights.append(2 / ((1 - x * x) * slope * slope))
        }
        return (points, weights)
    }
}
