import Glibc

/// Whether probabilities are calibrated: the best LLO map beside none, by likelihood ratio and by the posterior probability.
///
///     λ = 2 (l(δ̂, γ̂) − l(1, 1)) ~ χ² of 2 degrees under calibration,    p = exp(−λ/2)
///     BIC_c = −2 l(1, 1),   BIC_u = 2 log n − 2 l(δ̂, γ̂),   BF = exp(−(BIC_u − BIC_c)/2),   P = 1/(1 + BF (1 − P₀)/P₀)
///
/// Rows of one cluster are not independent. With clusters, every log-likelihood is divided by the design effect, and n becomes the
/// effective n, n over the design effect (see `ClusterDesign`); λ, p, BIC, BF and P are those of that many independent rows.
///
/// - Source: Guthrie & Franck, The American Statistician 2024, doi 10.1080/00031305.2024.2339266; the correction after Rao & Scott,
///   JASA 76 (1981) 221, and Chandler & Bate, Biometrika 94 (2007) 167.
public struct CalibrationAssessment: Sendable {
    /// Number of rows.
    public let count: Int
    /// Number of clusters; nil when rows are independent.
    public let clusters: Int?
    /// At least 1.
    public let designEffect: Double
    /// Prior probability of calibration, P₀.
    public let prior: Double
    /// The map with the largest likelihood.
    public let fit: LogOddsFit
    /// Standard errors: of the Fisher information, or with clusters the robust ones.
    public let standardErrorLogDelta: Double
    /// Of γ.
    public let standardErrorGamma: Double
    /// 95 % intervals by the normal approximation of (log δ, γ).
    public let deltaInterval: ClosedRange<Double>
    /// 95 % interval of γ.
    public let gammaInterval: ClosedRange<Double>

    /// The best map.
    public var map: LogOddsMap { fit.map }
    /// Independent rows that the set counts for.
    public var effectiveCount: Double { Double(count) / designEffect }

    /// - Parameters:
    ///   - set: at least two rows, with both outcomes.
    ///   - prior: probability of calibration before the data, between 0 and 1.
    /// - Throws: ``ConfidenceError`` where there is no largest likelihood, or where clusters are too few.
    public init(_ set: ScoreSet, prior: Double = 0.5) throws(ConfidenceError) {
        guard prior > 0, prior < 1 else {
            throw ConfidenceError(.outOfRange(name: "the prior", value: prior, expected: "a probability between 0 and 1"))
        }
        fit = try LogOddsFit(set)
        let design = try ClusterDesign(set, at: fit)
        count = set.count
        clusters = set.clusters == nil ? nil : set.clusterCount
        designEffect = design.effect
        self.prior = prior
        standardErrorLogDelta = design.covariance.aa.squareRoot()
        standardErrorGamma = design.covariance.gg.squareRoot()
        let half = Normal.quantile(0.975)
        deltaInterval = exp(fit.place.a - half * standardErrorLogDelta)...exp(fit.place.a + half * standardErrorLogDelta)
        gammaInterval = fit.place.g - half * standardErrorGamma...fit.place.g + half * standardErrorGamma
    }

    /// λ of the likelihood-ratio test, at least 0.
    public var likelihoodRatio: Double { max(0, 2 * (fit.logLikelihood - fit.logLikelihoodOriginal)) / designEffect }
    /// Of λ, with two degrees of freedom.
    public var pValue: Double { exp(-likelihoodRatio / 2) }
    /// Bayesian information criterion of no map, BIC_c above.
    public var bicCalibrated: Double { -2 * fit.logLikelihoodOriginal / designEffect }
    /// Of the best map, BIC_u above.
    public var bicUncalibrated: Double { 2 * log(effectiveCount) - 2 * fit.logLikelihood / designEffect }
    /// Of "not calibrated" over "calibrated"; infinite where it is too large for a number.
    public var bayesFactor: Double { exp(likelihoodRatio / 2 - log(effectiveCount)) }
    /// P(calibrated | data).
    public var posterior: Double { posterior(logLikelihood: fit.logLikelihoodOriginal) }
    /// The largest posterior that so many rows can give: that of the map with the largest likelihood.
    public var largestPosterior: Double { posterior(logLikelihood: fit.logLikelihood) }

    /// P(calibrated | data) of the scores after an LLO map: such maps compose, so the largest likelihood stays the same, and only
    /// that of the map itself counts (γ ≠ 0).
    public func posterior(of map: LogOddsMap) -> Double {
        posterior(logLikelihood: fit.sample.logLikelihood(log(map.delta), map.gamma))
    }

    private func posterior(logLikelihood: Double) -> Double { posterior(below: fit.logLikelihood - logLikelihood) }

    /// P(calibrated | data) of a map so many nats below the largest log-likelihood.
    func posterior(below drop: Double) -> Double {
        Probability.logistic(log(effectiveCount) - max(0, drop) / designEffect + log(prior / (1 - prior)))
    }

    /// How many nats a map may lie below the largest log-likelihood at posterior `level`; below 0 where no map reaches the level.
    func drop(level: Double) -> Double {
        designEffect * (log(effectiveCount) + log((1 - level) / level) + log(prior / (1 - prior)))
    }

    /// The least number of independent rows that can show a posterior of `level`.
    public static func leastCount(level: Double, prior: Double = 0.5) -> Int {
        let bound = level / (1 - level) * (1 - prior) / prior
        // 0.95/0.05 is 18.999999999999982 in binary: such a whole number is meant.
        return max(3, Int((bound * (1 - 1e-12)).rounded(.up)))
    }

    /// What the posterior says at a level.
    public enum Verdict: String, Sendable {
        case calibrated
        case undecided
        case miscalibrated = "not calibrated"
    }

    /// What the posterior says at a level: calibrated from the level on, not calibrated up to 1 − level.
    public func verdict(level: Double = 0.95) -> Verdict {
        posterior >= level ? .calibrated : posterior <= 1 - level ? .miscalibrated : .undecided
    }
}
