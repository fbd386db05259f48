import Glibc

/// The boldest LLO map that still passes for calibrated: the largest standard deviation of the probabilities under
/// P(calibrated | data) ≥ t.
///
/// LLO maps compose, so a refit after a map reaches the same largest likelihood, and with the clusters' design effect D
///
///     P ≥ t   ⇔   l(δ, γ) ≥ l(δ̂, γ̂) − D k,    k = log n_eff + log((1 − t)/t) + log(P₀/(1 − P₀))
///
/// is a convex region in (log δ, γ), not empty exactly if k ≥ 0, that is n_eff ≥ t/(1 − t) at equal priors. The maximum lies on its
/// edge: moving all log odds away from logit of the mean probability stays among LLO maps and always increases the deviation.
/// The edge is walked by angle around the best map in the metric of the Fisher information, and the best place on it is refined by
/// Newton's method on Lagrange's conditions. No refits and no nested optimiser.
///
/// - Source: problem and name after Guthrie & Franck, The American Statistician 2024, doi 10.1080/00031305.2024.2339266.
public struct BoldnessRecalibration: Sendable {
    /// t
    public let level: Double
    /// The boldest map at the level.
    public let map: LogOddsMap
    /// Of the recalibrated probabilities, with n − 1.
    public let standardDeviation: Double
    /// P(calibrated | data) after the map.
    public let posterior: Double

    /// - Parameters:
    ///   - assessment: of the same set.
    ///   - level: t, above 0 and below 1.
    /// - Throws: ``ConfidenceError`` when n_eff is too small for the level.
    public init(_ assessment: CalibrationAssessment, level: Double = 0.95) throws(ConfidenceError) {
        guard level > 0, level < 1 else {
            throw ConfidenceError(.outOfRange(name: "the level", value: level, expected: "a probability between 0 and 1"))
        }
        let drop = assessment.drop(level: level)
        guard drop > -1e-12, assessment.count >= 3 else {
            let least = CalibrationAssessment.leastCount(level: level, prior: assessment.prior)
            throw ConfidenceError(.tooFew(effective: assessment.effectiveCount, level: level, least: least))
        }
        let search = BoldestPlace(fit: assessment.fit, drop: max(0, drop))
        let place = search.place()
        guard place.a.isFinite, abs(place.a) < 700, place.g.isFinite else {
            throw ConfidenceError(.notConverged("the search for the boldest map"))
        }
        self.level = level
        map = LogOddsMap(delta: exp(place.a), gamma: place.g)
        let spread = assessment.fit.sample.spread(place.a, place.g).value
        standardDeviation = (spread / (assessment.fit.sample.total - 1)).squareRoot()
        posterior = assessment.posterior(of: map)
    }

    /// - Parameters:
    ///   - set: to recalibrate.
    ///   - level: least posterior probability of calibration, between 0 and 1.
    ///   - prior: probability of calibration before the data.
    public init(_ set: ScoreSet, level: Double = 0.95, prior: Double = 0.5) throws(ConfidenceError) {
        try self.init(CalibrationAssessment(set, prior: prior), level: level)
    }
}
