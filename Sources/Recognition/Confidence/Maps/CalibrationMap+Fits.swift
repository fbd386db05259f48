import Glibc

extension CalibrationMap {
    /// One number T for all: logit c = logit x / T, with the largest likelihood.
    ///
    /// - Source: Guo et al., ICML 2017, for two classes.
    /// - Throws: ``ConfidenceError`` when the likelihood grows without end, or is largest at a T that is no positive number.
    public static func temperature(fittedTo set: ScoreSet) throws(ConfidenceError) -> CalibrationMap {
        let fit = try LogisticRegression(features: [set.scores.map(Probability.logit)], targets: targets(set))
        let slope = fit.coefficients[0]
        guard slope > 1e-9 else {
            throw ConfidenceError(
                .outOfRange(name: "1/T with the largest likelihood", value: slope, expected: "a number above 0"))
        }
        return .temperature(1 / slope)
    }

    /// Platt's sigmoid of the score, with his targets (N₊ + 1)/(N₊ + 2) and 1/(N₋ + 2) in place of 1 and 0.
    ///
    /// - Source: Platt, Advances in Large Margin Classifiers (1999) 61; scikit-learn's `method="sigmoid"` is the same.
    public static func platt(fittedTo set: ScoreSet) throws(ConfidenceError) -> CalibrationMap {
        let right = set.rightCount
        let (high, low) = (Double(right + 1) / Double(right + 2), 1 / Double(set.count - right + 2))
        let ones = [Double](repeating: 1, count: set.count)
        let fit = try LogisticRegression(features: [set.scores, ones], targets: set.outcomes.map { $0 ? high : low })
        return .platt(slope: -fit.coefficients[0], intercept: -fit.coefficients[1])
    }

    /// logit c = a ln x − b ln(1 − x) + c with a, b ≥ 0; a negative one is set to 0 and the rest fitted again.
    ///
    /// - Source: Kull, Silva Filho & Flach, AISTATS 2017.
    public static func beta(fittedTo set: ScoreSet) throws(ConfidenceError) -> CalibrationMap {
        let (lower, upper) = (set.scores.map { log($0) }, set.scores.map { -log1p(-$0) })
        let ones = [Double](repeating: 1, count: set.count)
        let y = targets(set)
        let both = try LogisticRegression(features: [lower, upper, ones], targets: y).coefficients
        if both[0] < 0 {
            let one = try LogisticRegression(features: [upper, ones], targets: y).coefficients
            return .beta(a: 0, b: max(0, one[0]), c: one[1])
        }
        if both[1] < 0 {
            let one = try LogisticRegression(features: [lower, ones], targets: y).coefficients
            return .beta(a: max(0, one[0]), b: 0, c: one[1])
        }
        return .beta(a: both[0], b: both[1], c: both[2])
    }

    /// The non-decreasing function with the smallest loss (``PooledAdjacentViolators``).
    public static func isotonic(fittedTo set: ScoreSet) -> CalibrationMap {
        let knots = PooledAdjacentViolators(set).knots
        return .isotonic(x: knots.map(\.x), y: knots.map(\.y))
    }

    private static func targets(_ set: ScoreSet) -> [Double] { set.outcomes.map { $0 ? 1 : 0 } }
}
