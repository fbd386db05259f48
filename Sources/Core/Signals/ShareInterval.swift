/// A 95 % interval of a share that was counted, by Wilson's formula.
///
/// - Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
public struct ShareInterval: Sendable, Equatable, Codable {
    public var low: Double
    public var high: Double

    /// - Precondition: `count` of `total`, which is at least 1.
    public init(_ count: Int, of total: Int) {
        precondition(total > 0 && (0...total).contains(count), "a share of something")
        self.init(share: Double(count) / Double(total), of: Double(total))
    }

    /// - Parameters:
    ///   - share: 0 to 1.
    ///   - total: above 0; below the number of events where these are not independent.
    public init(share: Double, of total: Double) {
        // The 97.5 % quantile of the normal distribution.
        let z = 1.959963984540054
        let middle = (share + z * z / (2 * total)) / (1 + z * z / total)
        let reach = z / (1 + z * z / total) * (share * (1 - share) / total + z * z / (4 * total * total)).squareRoot()
        (low, high) = (max(0, middle - reach), min(1, middle + reach))
    }
}
