/// The targets of the information-processing capacity: products of Legendre polynomials of past inputs.
///
///     z(t) = Π_i P_{d_i}(u(t − τ_i)),   τ_1 < τ_2 < …,   Σ d_i = degree
///
/// For inputs that are independent and uniform in [−1, 1], any two of them are orthogonal.
public struct PolynomialProduct: Sendable, Equatable {
    /// One factor: a polynomial of the input of one past step.
    public struct Factor: Sendable, Equatable {
        public var delay: Int
        public var degree: Int

        public init(delay: Int, degree: Int) { (self.delay, self.degree) = (delay, degree) }
    }

    /// By rising delay.
    public var factors: [Factor]

    public init(_ factors: [Factor]) { self.factors = factors }

    public var degree: Int { factors.reduce(0) { $0 + $1.degree } }

    /// "P1(u(t-2)) P2(u(t-5))".
    public var text: String { factors.map { "P\($0.degree)(u(t-\($0.delay)))" }.joined(separator: " ") }

    /// All products of one degree, in order of their delays.
    /// - Parameter mostFactors: nil for as many as the degree allows.
    package static func all(degree: Int, delays: ClosedRange<Int>, mostFactors: Int?) -> [PolynomialProduct] {
        var found: [PolynomialProduct] = []
        func extend(_ factors: [Factor], from delay: Int, left: Int) {
            if left == 0 {
                found.append(PolynomialProduct(factors))
                return
            }
            guard factors.count < mostFactors ?? .max, delay <= delays.upperBound else { return }
            for next in delay...delays.upperBound {
                for degree in 1...left {
                    extend(factors + [Factor(delay: next, degree: degree)], from: next + 1, left: left - degree)
                }
            }
        }
        extend([], from: delays.lowerBound, left: degree)
        return found
    }

    /// How many there are, or most + 1 where there are more: with any number of factors they are C(delays + degree − 1, degree).
    package static func count(degree: Int, delays: Int, most: Int) -> Int {
        var count = 1.0
        for i in 0..<degree { count = count * Double(delays + i) / Double(i + 1) }
        return count <= Double(most) ? Int(count.rounded()) : most + 1
    }

    /// P_0 … P_degree of each value, shape `[degree + 1][values]`, by (n + 1) P_{n+1} = (2 n + 1) x P_n − n P_{n−1}.
    package static func legendre(_ values: [Double], degree: Int) -> [[Double]] {
        var tables = [[Double](repeating: 1, count: values.count), values]
        for n in 1..<max(2, degree) {
            tables.append(
                values.indices.map { i in
                    (Double(2 * n + 1) * values[i] * tables[n][i] - Double(n) * tables[n - 1][i]) / Double(n + 1)
                })
        }
        return tables
    }
}
