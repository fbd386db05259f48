/// All measures of one set of probabilities.
public struct CalibrationMeasures: Sendable, Equatable {
    /// Mean of (p − outcome)², 0 … 1.
    public let brier: Double
    /// Mean of −log of the probability that the outcome had, in nats.
    public let logLoss: Double
    /// Expected calibration error with 10 bins of equal width.
    public let eceEqualWidth: Double
    /// The same with 10 bins of equal counts.
    public let eceEqualCount: Double
    /// nil when all outcomes are equal.
    public let auc: Double?
    /// Parts of the Brier score (``CORPDecomposition``).
    public let miscalibration: Double
    public let discrimination: Double
    public let uncertainty: Double
    /// Boldness: standard deviation of the probabilities, with n − 1 (0 for one row).
    public let standardDeviation: Double
    /// Smallest probability.
    public let lowest: Double
    /// Largest probability.
    public let highest: Double

    public init(_ set: ScoreSet) {
        let scores = ProperScores(set)
        brier = scores.brier
        logLoss = scores.logLoss
        eceEqualWidth = CalibrationBins(set, kind: .equalWidth).expectedCalibrationError
        eceEqualCount = CalibrationBins(set, kind: .equalCount).expectedCalibrationError
        auc = RankingArea.of(set)
        let parts = CORPDecomposition(set)
        miscalibration = parts.miscalibration
        discrimination = parts.discrimination
        uncertainty = parts.uncertainty
        let mean = set.scores.reduce(0, +) / Double(set.count)
        let squares = set.scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardDeviation = (squares / Double(max(1, set.count - 1))).squareRoot()
        lowest = set.scores.min() ?? 0
        highest = set.scores.max() ?? 0
    }
}
