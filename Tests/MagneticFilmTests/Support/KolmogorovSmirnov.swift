import Foundation

/// The probability of a distance at least as large as the one between samples and a distribution.
/// Source: W. H. Press et al., Numerical Recipes, 14.3: λ = (√n + 0.12 + 0.11/√n) D, 2 Σ (−1)^(k−1) exp(−2 k² λ²).
func kolmogorovSmirnov(_ samples: [Double], _ distribution: (Double) -> Double) -> Double {
    let sorted = samples.sorted()
    let n = Double(sorted.count)
    var distance = 0.0
    for (i, x) in sorted.enumerated() {
        let f = distribution(x)
        distance = max(distance, abs(f - Double(i) / n), abs(Double(i + 1) / n - f))
    }
    let root = n.squareRoot()
    let lambda = (root + 0.12 + 0.11 / root) * distance
    var sum = 0.0
    for k in 1...100 {
        let term = exp(-2 * Double(k * k) * lambda * lambda)
        sum += k % 2 == 1 ? term : -term
    }
    return 2 * sum
}

/// The distribution function of m_z for energies E(m_z) in units of k_B T, by Simpson's rule on a fine grid.
func boltzmannDistribution(_ energy: (Double) -> Double) -> (Double) -> Double {
    let count = 4000
    let step = 2 / Double(count)
    var sums = [0.0]
    for i in 0..<count {
        let a = -1 + step * Double(i)
        let area = exp(-energy(a)) + 4 * exp(-energy(a + step / 2)) + exp(-energy(a + step))
        sums.append(sums[i] + area)
    }
    let cumulative = sums
    return { z in
        let place = (z + 1) / step
        let i = min(count - 1, max(0, Int(place)))
        return (cumulative[i] + (place - Double(i)) * (cumulative[i + 1] - cumulative[i])) / cumulative[count]
    }
}
