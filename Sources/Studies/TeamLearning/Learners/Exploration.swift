import Glibc

/// How often an agent tries something instead of its best action, by the share of the training that has passed.
public enum Exploration: Sendable, Codable, Equatable {
    /// In a straight line from one rate to another, which is reached at this share of the training.
    case linear(from: Double, to: Double, until: Double)
    /// `from` times `factor` for each step, not below `least`.
    case decay(from: Double, factor: Double, least: Double)
    /// A rate that stays.
    case constant(Double)

    /// - Parameters:
    ///   - step: from 0.
    ///   - total: steps of the training.
    public func rate(_ step: Int, of total: Int) -> Double {
        switch self {
        case .linear(let from, let to, let until):
            let passed = Double(step) / (Double(total) * until)
            return passed >= 1 ? to : from + (to - from) * passed
        case .decay(let from, let factor, let least): return max(least, from * pow(factor, Double(step + 1)))
        case .constant(let rate): return rate
        }
    }
}
