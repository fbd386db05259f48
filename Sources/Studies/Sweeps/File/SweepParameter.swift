import Foundation
import Signals

/// An option of the command and the values that it takes.
public struct SweepParameter: Sendable, Equatable {
    /// Where values come from.
    public enum Values: Sendable, Equatable {
        case list([SweepValue])
        /// Every whole number of a range; random points draw from it.
        case integers(ClosedRange<Int>)
        /// Any number from `low` to `high`: for random points only.
        case range(low: Double, high: Double, isLogarithmic: Bool)

        /// Values that are kept one by one.
        var kept: Int { if case .list(let list) = self { list.count } else { 0 } }
    }

    /// With its dashes: "--damping".
    public var name: String
    public var values: Values

    public init(_ name: String, _ values: Values) { (self.name, self.values) = (name, values) }

    /// Values of a grid; nil for a range of any number.
    var count: Int? {
        switch values {
        case .list(let list): list.count
        case .integers(let range):
            range.upperBound.subtractingReportingOverflow(range.lowerBound).overflow
                ? .max : range.upperBound - range.lowerBound + 1
        case .range: nil
        }
    }

    /// Bytes that the option and its longest value have on a command line; numbers count as the longest number.
    var width: Int {
        var longest = 24
        if case .list(let list) = values {
            for case .string(let text) in list { longest = max(longest, text.utf8.count) }
        }
        return name.utf8.count + 2 + longest
    }

    func value(_ index: Int) -> SweepValue {
        switch values {
        case .list(let list): list[index]
        case .integers(let range): .integer(range.lowerBound + index)
        case .range: preconditionFailure("a range of any number has no grid")
        }
    }

    func draw(_ generator: inout SplitMix64) -> SweepValue {
        guard case .range(let low, let high, let isLogarithmic) = values else {
            return value(generator.integer(below: max(1, count ?? 1)))
        }
        let part = generator.uniform()
        return Self.rounded(isLogarithmic ? low * pow(high / low, part) : low + (high - low) * part)
    }

    /// Equal or logarithmic steps, both ends among them.
    /// - Precondition: two steps at least, and a logarithmic range above 0.
    static func steps(_ low: Double, _ high: Double, _ count: Int, isLogarithmic: Bool) -> [SweepValue] {
        (0..<count).map { step in
            if step == 0 { return SweepValue(low) }
            if step == count - 1 { return SweepValue(high) }
            let part = Double(step) / Double(count - 1)
            return rounded(isLogarithmic ? low * pow(high / low, part) : low + (high - low) * part)
        }
    }

    /// To twelve digits: 0.3 and not 0.30000000000000004, the same text on every machine.
    private static func rounded(_ value: Double) -> SweepValue { SweepValue(Double(String(format: "%.12g", value)) ?? value) }
}
