import Foundation

/// A parameter as an axis: numbers in line, or logarithmic where they lie more evenly so; texts side by side.
struct ParameterAxis {
    let name: String
    let isLogarithmic: Bool
    /// In order.
    let values: [SweepValue]
    private let places: [SweepValue: Double]
    private let low: Double
    private let high: Double

    /// - Precondition: at least one value.
    init(_ name: String, _ all: [SweepValue]) {
        self.name = name
        let different = Array(Set(all))
        let numbers = different.compactMap(\.number)
        let isNumeric = numbers.count == different.count
        values = different.sorted { isNumeric ? ($0.number ?? 0) < ($1.number ?? 0) : "\($0)" < "\($1)" }
        isLogarithmic = isNumeric && Self.isLogarithmic(numbers)
        var places: [SweepValue: Double] = [:]
        for (index, value) in values.enumerated() {
            places[value] = isNumeric ? (isLogarithmic ? log10(value.number ?? 1) : value.number ?? 0) : Double(index)
        }
        self.places = places
        let (first, last) = (places.values.min() ?? 0, places.values.max() ?? 0)
        let margin = first == last ? max(abs(first) * 0.1, 0.5) : (last - first) * 0.06
        (low, high) = (first - margin, last + margin)
    }

    /// Whether the median lies nearer to the middle of the logarithms than to that of the numbers.
    private static func isLogarithmic(_ numbers: [Double]) -> Bool {
        let sorted = numbers.sorted()
        guard let least = sorted.first, let most = sorted.last, least > 0, most / least > 3 else { return false }
        let median = SweepPictures.median(sorted)
        let linear = (median - least) / (most - least)
        return abs(log(median / least) / log(most / least) - 0.5) < abs(linear - 0.5)
    }

    /// 0 … 1.
    func fraction(_ value: SweepValue) -> Double { ((places[value] ?? low) - low) / (high - low) }

    /// Of a number that need be none of the values.
    func fraction(of number: Double) -> Double { ((isLogarithmic ? log10(number) : number) - low) / (high - low) }

    /// Values that get a label, at most so many.
    func ticks(_ most: Int) -> [SweepValue] {
        guard values.count > most else { return values }
        return (0..<most).map { values[$0 * (values.count - 1) / (most - 1)] }
    }

    /// Short: "4.64e4".
    static func label(_ value: SweepValue) -> String {
        guard let number = value.number else { return String("\(value)".prefix(14)) }
        return ["+0", "+", "-0"].reduce(String(format: "%.4g", number)) { text, sign in
            text.replacingOccurrences(of: "e" + sign, with: sign == "-0" ? "e-" : "e")
        }
    }
}
