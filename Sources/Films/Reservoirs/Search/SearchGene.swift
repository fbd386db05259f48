import Glibc

/// What a gene in [0, 1] stands for: a number in a range.
public struct SearchGene: Sendable, Equatable {
    public enum Scale: Sendable, Equatable { case linear, logarithmic }

    public let name: String
    public let range: ClosedRange<Double>
    public let scale: Scale

    public init(_ name: String, _ range: ClosedRange<Double>, _ scale: Scale = .linear) {
        precondition(scale == .linear || range.lowerBound > 0, "a logarithmic range lies above 0")
        (self.name, self.range, self.scale) = (name, range, scale)
    }

    public func value(_ gene: Double) -> Double {
        let (low, high) = (range.lowerBound, range.upperBound)
        switch scale {
        case .linear: return low + gene * (high - low)
        case .logarithmic: return low * pow(high / low, gene)
        }
    }
}
