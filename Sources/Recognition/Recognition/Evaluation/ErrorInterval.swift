import Glibc
import Signals

/// A 95 % interval of an error rate by the bootstrap: utterances are drawn with replacement, because the words of one utterance are
/// not independent. Where all utterances are right, or all of them wholly wrong, no draw differs: then it is the exact interval of a share of
/// utterances (Clopper–Pearson).
///
/// - Source: M. Bisani, H. Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", ICASSP 2004.
public struct ErrorInterval: Sendable, Equatable, Codable {
    public var low: Double
    public var high: Double

    /// - Parameters:
    ///   - utterances: errors of each; at least one.
    ///   - draws: of the whole set.
    public init(_ utterances: [WordErrors], draws: Int = 2000, seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed)
        let rates = (0..<draws).map { _ -> Double in
            var (errors, words) = (0, 0)
            for _ in utterances.indices {
                let drawn = utterances[random.integer(below: utterances.count)]
                errors += drawn.count
                words += drawn.reference
            }
            return Double(errors) / Double(max(1, words))
        }.sorted()
        low = rates[Int(0.025 * Double(draws))]
        high = rates[min(draws - 1, Int(0.975 * Double(draws)))]
        let bound = pow(0.025, 1 / Double(max(1, utterances.count)))
        if utterances.allSatisfy({ $0.count == 0 }) { high = 1 - bound }
        if utterances.allSatisfy({ $0.count == $0.reference && $0.reference > 0 }) { low = bound }
    }
}
