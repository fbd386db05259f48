import Glibc

/// The chi-square law.
package enum ChiSquare {
    /// The value that is exceeded with this probability.
    package static func quantile(exceededWith probability: Double, degrees: Int) -> Double {
        precondition(degrees > 0 && probability > 0 && probability < 1, "a probability and degrees of freedom")
        var (low, high) = (0.0, Double(degrees) + 10)
        while tail(high, degrees: degrees) > probability { high *= 2 }
        for _ in 0..<200 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if tail(middle, degrees: degrees) > probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The probability to exceed a value: the upper incomplete gamma function Q(degrees / 2, value / 2), by its series below the
    /// mean and by its continued fraction above.
    ///
    /// - Source: W. J. Lentz, Appl. Opt. 15 (1976) 668 (continued fraction); Abramowitz and Stegun 6.5.29, 6.5.31.
    static func tail(_ value: Double, degrees: Int) -> Double {
        let (a, x) = (Double(degrees) / 2, value / 2)
        guard x > 0 else { return 1 }
        let front = exp(a * log(x) - x - lgamma(a))
        if x < a + 1 {
            var (term, sum, n) = (1 / a, 1 / a, a)
            while abs(term) > abs(sum) * 1e-16 {
                n += 1
                term *= x / n
                sum += term
            }
            return max(0, 1 - front * sum)
        }
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var h = d
        for i in 1...10_000 {
            let an = -Double(i) * (Double(i) - a)
            b += 2
            d = an * d + b
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = b + an / c
            if abs(c) < tiny { c = tiny }
            h *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return front * h
    }
}
