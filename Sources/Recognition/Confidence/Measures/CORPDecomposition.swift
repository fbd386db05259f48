import Glibc

/// A mean proper score in three parts, by the best monotone recalibration (CORP: consistent, optimally binned, reproducible, by PAV):
///
///     score = MCB − DSC + UNC
///     MCB = S(x) − S(PAV(x))     miscalibration, what recalibration would gain; at least 0
///     DSC = S(ȳ) − S(PAV(x))     discrimination, what the order of the scores is worth; at least 0
///     UNC = S(ȳ)                 uncertainty of the outcomes themselves
///
/// Unlike an expected calibration error it has no bins to choose. On few rows PAV fits noise, and MCB is above 0 for calibrated
/// scores, too: compare MCB of maps on the same rows.
///
/// - Source: Dimitriadis, Gneiting & Jordan, PNAS 118 (2021) e2016191118.
public struct CORPDecomposition: Sendable, Equatable {
    /// Which proper score is taken apart.
    public enum Score: Sendable { case brier, logLoss }

    /// MCB, at least 0.
    public let miscalibration: Double
    /// DSC, at least 0.
    public let discrimination: Double
    /// UNC, of the outcomes alone.
    public let uncertainty: Double

    public init(_ set: ScoreSet, score: Score = .brier) {
        self.init(set, fitted: PooledAdjacentViolators(set).fitted, score: score)
    }

    init(_ set: ScoreSet, fitted: [Double], score: Score) {
        func mean(_ forecast: (Int) -> Double) -> Double {
            var sum = 0.0
            for row in 0..<set.count {
                let x = forecast(row)
                switch score {
                case .brier:
                    let error = x - (set.outcomes[row] ? 1 : 0)
                    sum += error * error
                case .logLoss:
                    // A block of one outcome has a loss of 0 on its own rows.
                    sum -= set.outcomes[row] ? log(max(x, Probability.least)) : log1p(-min(x, 1 - Probability.least))
                }
            }
            return sum / Double(set.count)
        }
        let rate = set.baseRate
        let (original, pooled, constant) = (mean { set.scores[$0] }, mean { fitted[$0] }, mean { _ in rate })
        miscalibration = max(0, original - pooled)
        discrimination = max(0, constant - pooled)
        uncertainty = constant
    }
}
