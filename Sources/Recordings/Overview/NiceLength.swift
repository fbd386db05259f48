import Foundation

/// Round lengths for scale bars, with SI prefixes.
enum NiceLength {
    /// The greatest 1, 2 or 5 times a power of ten that is not above `limit`.
    static func below(_ limit: Double) -> Double {
        guard limit > 0, limit.isFinite else { return 1 }
        let power = pow(10, log10(limit).rounded(.down))
        return [5, 2, 1].map { $0 * power }.first { $0 <= limit * (1 + 1e-9) } ?? power
    }

    /// A value with its unit: 2e-5 V is "20 µV". Units that take no prefix are written as they are.
    static func text(_ value: Double, unit: String) -> String {
        guard ["V", "T", "Ω"].contains(unit) else {
            return String(format: "%g", value) + (unit.isEmpty || unit == "1" ? "" : " " + unit)
        }
        let prefixes: [(Double, String)] = [(1, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n")]
        let (factor, prefix) = prefixes.first { value >= $0.0 * 0.9999 } ?? (1e-9, "n")
        return String(format: "%g", (value / factor * 1e6).rounded() / 1e6) + " " + prefix + unit
    }
}
