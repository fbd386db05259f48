import Glibc

/// Log odds with their outcomes, and sums over them of what likelihood and boldness need.
///
/// Rows may stand for several events: weight, and how many of them came true. Sums go over the rows in their order.
struct LogOddsSample: Sendable {
    /// logit x, shape `[rows]`, finite.
    let logits: [Double]
    /// Events of each row; nil when each is one event.
    let weights: [Double]?
    /// How many of the row's events came true.
    let successes: [Double]
    /// Number of events.
    let total: Double

    init(_ set: ScoreSet) {
        logits = set.scores.map(Probability.logit)
        successes = set.outcomes.map { $0 ? 1 : 0 }
        weights = nil
        total = Double(set.count)
    }

    private init(logits: [Double], weights: [Double], successes: [Double]) {
        self.logits = logits
        self.weights = weights
        self.successes = successes
        total = weights.reduce(0, +)
    }

    /// At most `count` rows of neighbouring log odds and nearly the same sums: a place to begin a search at, never its result.
    /// - Parameters:
    ///   - centre: log odds where outcomes are uncertain.
    ///   - width: how wide that range is. Scores near 0 and 1 may lie hundreds of widths away: even steps over all of them would
    ///     put the range itself into one step. Then steps are even near the centre, and grow with the distance from it.
    func condensed(to count: Int, centre: Double, width: Double) -> LogOddsSample {
        guard logits.count > count, let low = logits.min(), let high = logits.max(), high > low else { return self }
        let isEven = !(width > 0) || high - low <= 0.15 * width * Double(count)
        func place(_ logit: Double) -> Double { isEven ? logit : asinh((logit - centre) / width) }
        var weight = [Double](repeating: 0, count: count)
        var sum = weight
        var success = weight
        let first = place(low)
        let scale = Double(count) / (place(high) - first)
        for (row, logit) in logits.enumerated() {
            let bin = min(max(Int((place(logit) - first) * scale), 0), count - 1)
            let w = weights?[row] ?? 1
            weight[bin] += w
            sum[bin] += w * logit
            success[bin] += successes[row]
        }
        let used = weight.indices.filter { weight[$0] > 0 }
        return LogOddsSample(
            logits: used.map { sum[$0] / weight[$0] }, weights: used.map { weight[$0] }, successes: used.map { success[$0] })
    }

    /// log-likelihood Σ s log c + (w − s) log(1 − c) at log δ = `a`, γ = `g`.
    func logLikelihood(_ a: Double, _ g: Double) -> Double {
        likelihood(a, g, slopes: false).value
    }

    /// The log-likelihood with its first and second derivatives by (log δ, γ). It is concave.
    ///
    ///     ∂/∂log δ = Σ (s − w c),   ∂/∂γ = Σ (s − w c) L,   second: −Σ w c(1 − c) {1, L, L²}
    func likelihood(_ a: Double, _ g: Double, slopes: Bool = true) -> Surface {
        var result = Surface()
        var linear = 0.0
        // Σ log(1 + e) as the logarithm of a product: each factor is at most 2, so 512 of them do not overflow.
        var product = 1.0
        var logs = 0.0
        var pending = 0
        logits.withUnsafeBufferPointer { logits in
            successes.withUnsafeBufferPointer { successes in
                for row in logits.indices {
                    let l = logits[row]
                    let s = successes[row]
                    let z = a + g * l
                    let e = exp(-abs(z))
                    let w: Double
                    if let weights {
                        w = weights[row]
                        logs += w * log1p(e)
                    } else {
                        w = 1
                        product *= 1 + e
                        pending += 1
                        if pending == 512 {
                            logs += log(product)
                            (product, pending) = (1, 0)
                        }
                    }
                    linear += s * z - w * max(z, 0)
                    guard slopes else { continue }
                    let q = 1 / (1 + e)
                    let c = z >= 0 ? q : e * q
                    let v = w * (e * q * q)
                    let r = s - w * c
                    result.first.a += r
                    result.first.g += r * l
                    result.second.aa -= v
                    result.second.ag -= v * l
                    result.second.gg -= v * l * l
                }
            }
        }
        result.value = linear - logs - log(product)
        return result
    }

    /// n − 1 times the variance of the recalibrated probabilities, with derivatives by (log δ, γ):
    ///
    ///     V = Σ (c − c̄)²,  ∂V/∂p = 2 Σ (c − c̄) c_p,  ∂²V/∂p∂q = 2 (Σ c_p c_q + Σ (c − c̄) c_pq − Σ c_p Σ c_q / n)
    ///
    /// where c_p = c(1 − c) {1, L} and c_pq = c(1 − c)(1 − 2c) {1, L, L²}.
    func spread(_ a: Double, _ g: Double) -> Surface {
        // Deviations are taken from the share of events that came true: near the mean, so that no digits are lost.
        let centre = successes.reduce(0, +) / total
        var d = (sum: 0.0, squares: 0.0)
        var v0 = 0.0, v1 = 0.0, d0 = 0.0, d1 = 0.0
        var vv = Symmetric(), u = Symmetric(), du = Symmetric()
        for row in logits.indices {
            let l = logits[row]
            let w = weights?[row] ?? 1
            let z = a + g * l
            let e = exp(-abs(z))
            let q = 1 / (1 + e)
            let c = z >= 0 ? q : e * q
            let v = e * q * q
            let k = v * (1 - 2 * c)
            let deviation = c - centre
            d.sum += w * deviation
            d.squares += w * deviation * deviation
            v0 += w * v
            v1 += w * v * l
            d0 += w * deviation * v
            d1 += w * deviation * v * l
            vv.add(w * v * v, l)
            u.add(w * k, l)
            du.add(w * deviation * k, l)
        }
        let mean = d.sum / total
        var result = Surface()
        result.value = max(0, d.squares - mean * d.sum)
        result.first.a = 2 * (d0 - mean * v0)
        result.first.g = 2 * (d1 - mean * v1)
        result.second.aa = 2 * (vv.aa + du.aa - mean * u.aa - v0 * v0 / total)
        result.second.ag = 2 * (vv.ag + du.ag - mean * u.ag - v0 * v1 / total)
        result.second.gg = 2 * (vv.gg + du.gg - mean * u.gg - v1 * v1 / total)
        return result
    }
}

/// A function of (log δ, γ) at one place: value, gradient, second derivatives.
struct Surface {
    var value = 0.0
    var first = Point(a: 0, g: 0)
    var second = Symmetric()
}

/// A place or direction in the plane of (log δ, γ).
struct Point: Equatable {
    var a: Double
    var g: Double

    static func + (x: Point, y: Point) -> Point { Point(a: x.a + y.a, g: x.g + y.g) }
    static func - (x: Point, y: Point) -> Point { Point(a: x.a - y.a, g: x.g - y.g) }
    static func * (s: Double, x: Point) -> Point { Point(a: s * x.a, g: s * x.g) }
    func dot(_ other: Point) -> Double { a * other.a + g * other.g }
}

/// A symmetric 2 × 2 matrix over (log δ, γ).
struct Symmetric {
    var aa = 0.0
    var ag = 0.0
    var gg = 0.0

    fileprivate mutating func add(_ value: Double, _ l: Double) {
        aa += value
        ag += value * l
        gg += value * l * l
    }

    var determinant: Double { aa * gg - ag * ag }

    /// The solution of this · x = y; nil where the matrix is singular to working precision.
    func solve(_ y: Point) -> Point? {
        guard determinant.magnitude > 1e-14 * (abs(aa * gg) + ag * ag), determinant.isFinite else { return nil }
        return Point(a: (gg * y.a - ag * y.g) / determinant, g: (aa * y.g - ag * y.a) / determinant)
    }

    func times(_ x: Point) -> Point { Point(a: aa * x.a + ag * x.g, g: ag * x.a + gg * x.g) }

    func scaled(_ s: Double) -> Symmetric { Symmetric(aa: s * aa, ag: s * ag, gg: s * gg) }
}
