/// A 95 % interval of a share that was counted, by Wilson's formula.
///
/// - Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
public struct ShareInterval: Sendable, Equatable, Codable {
    public var low: Double
    public var high: Double

    /// - Parameters:
    ///   - count: of `total`, which is at least 1.
    public init(_ count: Int, of total: Int) {
        precondition(total > 0 && (0...total).contains(count), "a share of something")
        let z = 1.959963984540054
        let (n, p) = (Double(total), Double(count) / Double(total))
        let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        let reach = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        (low, high) = (max(0, middle - reach), min(1, middle + reach))
    }
}
