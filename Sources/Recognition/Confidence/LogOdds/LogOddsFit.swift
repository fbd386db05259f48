import Glibc

/// The LLO map with the largest likelihood, which is the logistic regression of the outcomes on logit x.
///
/// Newton's method on a concave function, from the map that says the base rate everywhere, in log odds of mean 0 and deviation 1; a
/// step that does not increase the likelihood is halved. The published algorithm is Nelder–Mead on the same function.
public struct LogOddsFit: Sendable {
    /// The map with the largest likelihood.
    public let map: LogOddsMap
    /// log-likelihood of the map, in nats.
    public let logLikelihood: Double
    /// log-likelihood of the scores as they are, l(1, 1).
    public let logLikelihoodOriginal: Double
    /// Newton steps that it took.
    public let iterations: Int

    let sample: LogOddsSample
    /// (log δ, γ)
    let place: Point
    /// Fisher information by (log δ, γ).
    let information: Symmetric

    /// - Throws: ``ConfidenceError`` where no map has the largest likelihood: outcomes or scores are all equal, or a threshold
    ///   separates the outcomes.
    /// - Complexity: O(rows) for each of about 7 iterations.
    public init(_ set: ScoreSet) throws(ConfidenceError) {
        try Self.check(set)
        try self.init(LogOddsSample(set))
    }

    init(_ sample: LogOddsSample) throws(ConfidenceError) {
        let n = sample.total
        let (mean, deviation) = Self.moments(sample)
        let scale = 1 / deviation
        // logit c = b₀ + b₁ (L − mean) scale
        func original(_ b: Point) -> Point { Point(a: b.a - b.g * scale * mean, g: b.g * scale) }
        func surface(_ b: Point) -> Surface {
            let place = original(b)
            var found = sample.likelihood(place.a, place.g)
            let (f, h) = (found.first, found.second)
            found.first.g = scale * (f.g - mean * f.a)
            found.second.ag = scale * (h.ag - mean * h.aa)
            found.second.gg = scale * scale * (h.gg - 2 * mean * h.ag + mean * mean * h.aa)
            return found
        }
        let right = sample.successes.reduce(0, +)
        var b = Point(a: log(right / (n - right)), g: 0)
        var here = surface(b)
        var iterations = 0
        while true {
            guard iterations < 100 else { throw ConfidenceError(.notConverged("Newton's method for δ and γ")) }
            iterations += 1
            guard let step = here.second.scaled(-1).solve(here.first) else { throw ConfidenceError(.separated) }
            // What the likelihood would still gain, if it were a parabola.
            let gain = 0.5 * here.first.dot(step)
            var next = b + step
            var there = surface(next)
            var part = 1.0
            while !(there.value >= here.value - 1e-13 * abs(here.value)), part > 1e-10 {
                part /= 2
                next = b + part * step
                there = surface(next)
            }
            guard there.value >= here.value - 1e-12 * abs(here.value) else { break }
            (b, here) = (next, there)
            if gain < 1e-18 * max(1, abs(here.value)) || (part == 1 && max(abs(step.a), abs(step.g)) < 1e-9 * (1 + abs(b.g))) {
                break
            }
        }
        place = original(b)
        guard place.a.isFinite, abs(place.a) < 700, place.g.isFinite else { throw ConfidenceError(.separated) }
        map = LogOddsMap(delta: exp(place.a), gamma: place.g)
        logLikelihood = here.value
        logLikelihoodOriginal = sample.logLikelihood(0, 1)
        information = sample.likelihood(place.a, place.g).second.scaled(-1)
        self.iterations = iterations
        self.sample = sample
    }

    /// Covariance of (log δ, γ) from the Fisher information.
    var covariance: Symmetric {
        let d = information.determinant
        return Symmetric(aa: information.gg / d, ag: -information.ag / d, gg: information.aa / d)
    }

    /// The sample in few rows, which are told apart best where the map leaves outcomes uncertain.
    func condensed(to count: Int) -> LogOddsSample {
        let centre = information.ag / information.aa
        let variance = information.gg / information.aa - centre * centre
        return sample.condensed(to: count, centre: centre, width: max(0, variance).squareRoot())
    }

    private static func moments(_ sample: LogOddsSample) -> (mean: Double, deviation: Double) {
        var (sum, squares) = (0.0, 0.0)
        for (row, logit) in sample.logits.enumerated() { sum += (sample.weights?[row] ?? 1) * logit }
        let mean = sum / sample.total
        for (row, logit) in sample.logits.enumerated() {
            squares += (sample.weights?[row] ?? 1) * (logit - mean) * (logit - mean)
        }
        return (mean, (squares / sample.total).squareRoot())
    }

    /// Whether the largest likelihood is attained: the scores of right and wrong events must overlap (Albert & Anderson,
    /// Biometrika 71 (1984) 1).
    private static func check(_ set: ScoreSet) throws(ConfidenceError) {
        let right = set.rightCount
        guard right > 0, right < set.count else {
            throw ConfidenceError(.equalOutcomes(isRight: right > 0, count: set.count))
        }
        var (rights, wrongs) = ((low: 2.0, high: -1.0), (low: 2.0, high: -1.0))
        for (score, isRight) in zip(set.scores, set.outcomes) {
            if isRight {
                rights = (min(rights.low, score), max(rights.high, score))
            } else {
                wrongs = (min(wrongs.low, score), max(wrongs.high, score))
            }
        }
        guard min(rights.low, wrongs.low) < max(rights.high, wrongs.high) else {
            throw ConfidenceError(.equalScores(rights.low))
        }
        guard wrongs.high > rights.low, rights.high > wrongs.low else { throw ConfidenceError(.separated) }
    }
}
