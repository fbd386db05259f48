/// Median and quartiles of a few numbers, by linear interpolation.
///
/// - Source: R. J. Hyndman, Y. Fan, Am. Stat. 50 (1996) 361, definition 7 (NumPy's default).
public struct Quartiles: Sendable, Equatable, Codable {
    public var median: Double
    public var q1: Double
    public var q3: Double

    /// - Precondition: at least one value, none of them NaN.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "a median needs a value")
        let sorted = values.sorted()
        func at(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = Int(place)
            guard low + 1 < sorted.count else { return sorted[low] }
            return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
        }
        (median, q1, q3) = (at(0.5), at(0.25), at(0.75))
    }
}
