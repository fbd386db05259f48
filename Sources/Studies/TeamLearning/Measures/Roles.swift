import Glibc

/// Numbers of what agents do and get.
public enum Roles {
    /// Of a distribution, in nats.
    public static func entropy(_ shares: [Double]) -> Double {
        shares.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
    }

    /// How much agents differ in what they do: the Jensen–Shannon divergence of their shares of actions (the entropy of the mean less the
    /// mean entropy), by its largest possible value. 0 where all do the same, 1 where each does one thing and all things are done equally.
    ///
    /// - Parameter roles: shape `[agents][actions]`.
    public static func specialisation(_ roles: [[Double]]) -> Double {
        guard let actions = roles.first?.count, roles.count > 1, actions > 1 else { return 0 }
        let mean = (0..<actions).map { action in roles.reduce(0) { $0 + $1[action] } / Double(roles.count) }
        let inner = roles.reduce(0) { $0 + entropy($1) } / Double(roles.count)
        return max(0, entropy(mean) - inner) / log(Double(min(roles.count, actions)))
    }

    /// 1 less Gini's coefficient: 1 where all have the same. nil where the sum is not above 0, or somebody has less than nothing.
    ///
    /// - Source: C. Gini, 1912; G = Σᵢ Σⱼ |xᵢ − xⱼ| / (2 n Σ x).
    public static func equality(_ values: [Double]) -> Double? {
        let sum = values.reduce(0, +)
        guard sum > 0, values.allSatisfy({ $0 >= 0 }) else { return nil }
        // Sorted, the double sum is a weighted one.
        let count = Double(values.count)
        let weighted = values.sorted().enumerated().reduce(0) { $0 + (2 * Double($1.offset + 1) - count - 1) * $1.element }
        return 1 - weighted / (count * sum)
    }
}
