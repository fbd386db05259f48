/// Empirical quantiles.
enum Quantile {
    /// Linear between order statistics (Hyndman & Fan, Am. Stat. 50 (1996) 361, type 7).
    /// - Parameter values: at least one, none of them NaN.
    static func of(_ values: [Double], _ p: Double) -> Double {
        let sorted = values.sorted()
        let place = p * Double(sorted.count - 1)
        let low = min(max(Int(place), 0), sorted.count - 1)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
}
