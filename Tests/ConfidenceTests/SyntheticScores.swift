import Confidence
import Foundation

/// Sets that Python makes bit for bit as well (the generators of the peers' benchmarks: SplitMix64, upper 24 bits).
enum SyntheticScores {
    static func uniform(_ seed: UInt64, _ count: Int, _ low: Double = 0, _ high: Double = 1) -> [Double] {
        (0..<count).map { index in
            var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            z ^= z >> 31
            return low + (high - low) * (Double(z >> 40) * 0x1p-24)
        }
    }

    /// A forecaster whose log odds have heavy tails: some scores at the ends of what a double holds, and still too cautious.
    static func sure(_ count: Int) throws -> ScoreSet {
        let odds = uniform(51, count).map { u in 1.2 * (u - 0.5) / (max(u, 0x1p-25) * max(1 - u, 0x1p-25)) }
        let draws = uniform(52, count)
        return try ScoreSet(
            scores: odds.map { min(max(1 / (1 + exp(-$0)), 1e-300), 1 - 0x1p-53) },
            outcomes: zip(odds, draws).map { odds, draw in draw < 1 / (1 + exp(-1 - 2.5 * odds)) })
    }

    /// Scores in 0.05 … 0.95 of a hedger with δ 1.1 and γ 1.3.
    /// - Parameter rowsPerDraw: so many rows in a row share one draw for their outcomes and make a cluster.
    static func hedger(_ count: Int, rowsPerDraw: Int? = nil, outcomes seed: UInt64 = 42) throws -> ScoreSet {
        let x = uniform(41, count, 0.05, 0.95)
        let truth = LogOddsMap(delta: 1.1, gamma: 1.3)
        let draws = uniform(seed, count)
        let clusters = rowsPerDraw.map { size in (0..<count).map { $0 / size } }
        return try ScoreSet(
            scores: x, outcomes: x.enumerated().map { draws[clusters?[$0.offset] ?? $0.offset] < truth($0.element) },
            clusters: clusters)
    }
}

func near(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool { abs(a - b) <= tolerance * max(1, abs(b)) }

/// The reason of the error that a body throws.
func reason(_ body: () throws -> Void) -> ConfidenceError.Reason? {
    do {
        try body()
        return nil
    } catch {
        return (error as? ConfidenceError)?.reason
    }
}
