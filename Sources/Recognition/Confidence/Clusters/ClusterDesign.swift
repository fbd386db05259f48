/// How much less a clustered set tells about (log δ, γ) than as many independent rows.
///
///     J = Fisher information,   K = G/(G − 1) Σ over clusters of s sᵀ,   s = Σ over the cluster's rows of (y − c) (1, L)
///     covariance = J⁻¹ K J⁻¹,   design effect = max(1, tr(J⁻¹ K)/2)
///
/// tr(J⁻¹ K)/2 is the mean of the factors by which the likelihood ratio's χ² grows (Rao & Scott, JASA 76 (1981) 221); effects
/// below 1, of rows that balance each other, are not used to claim more than there is. G is the number of clusters.
struct ClusterDesign {
    let effect: Double
    /// Of (log δ, γ).
    let covariance: Symmetric

    /// Below this K is no estimate.
    static let leastClusters = 10

    init(_ set: ScoreSet, at fit: LogOddsFit) throws(ConfidenceError) {
        guard let clusters = set.clusters else {
            effect = 1
            covariance = fit.covariance
            return
        }
        guard set.clusterCount >= Self.leastClusters else {
            throw ConfidenceError(.tooFewClusters(found: set.clusterCount, least: Self.leastClusters))
        }
        var scores = [Point](repeating: Point(a: 0, g: 0), count: set.clusterCount)
        for row in 0..<set.count {
            let logit = fit.sample.logits[row]
            let residual = fit.sample.successes[row] - Probability.logistic(fit.place.a + fit.place.g * logit)
            scores[clusters[row]] = scores[clusters[row]] + Point(a: residual, g: residual * logit)
        }
        var k = Symmetric()
        for score in scores {
            k.aa += score.a * score.a
            k.ag += score.a * score.g
            k.gg += score.g * score.g
        }
        k = k.scaled(Double(set.clusterCount) / Double(set.clusterCount - 1))
        let inverse = fit.covariance
        let trace = inverse.aa * k.aa + 2 * inverse.ag * k.ag + inverse.gg * k.gg
        effect = max(1, trace / 2)
        // J⁻¹ K J⁻¹, column by column.
        let first = inverse.times(k.times(Point(a: inverse.aa, g: inverse.ag)))
        let second = inverse.times(k.times(Point(a: inverse.ag, g: inverse.gg)))
        covariance = Symmetric(aa: first.a, ag: first.g, gg: second.g)
    }
}
