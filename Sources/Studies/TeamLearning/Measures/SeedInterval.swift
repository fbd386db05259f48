import Glibc

/// A mean over seeds with its 95 % interval, by Student's distribution.
public struct SeedInterval: Sendable, Codable, Equatable {
    public let mean: Double
    /// Equal to the mean where there is one seed only: one says nothing of its scatter.
    public let low: Double
    public let high: Double
    public let count: Int

    /// - Precondition: at least one value.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "a mean of something")
        count = values.count
        let mean = values.reduce(0, +) / Double(count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let reach =
            count < 2
            ? 0 : Self.quantile(count - 1) * (squares / Double(count - 1) / Double(count)).squareRoot()
        (self.mean, low, high) = (mean, mean - reach, mean + reach)
    }

    /// The 97.5 % quantile of Student's distribution.
    static func quantile(_ freedom: Int) -> Double {
        let exact = [
            12.7062047, 4.30265273, 3.18244631, 2.77644511, 2.57058184, 2.44691185, 2.36462425, 2.30600414, 2.26215716,
            2.22813885, 2.20098516, 2.17881283, 2.16036866, 2.14478669, 2.13144955, 2.11990530, 2.10981558, 2.10092204,
            2.09302405, 2.08596345,
        ]
        if freedom <= exact.count { return exact[freedom - 1] }
        // Cornish and Fisher's expansion about the normal quantile; right to five digits from here on.
        let (z, n) = (1.959963984540054, Double(freedom))
        let z3 = z * z * z
        let (z5, z7) = (z3 * z * z, z3 * z3 * z)
        return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n)
    }
}
