import Glibc

/// 1 / (1 + e^−x).
@inline(__always) func logistic(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

/// tanh x through one exponential; saturates to ±1 without overflow.
@inline(__always) func hyperbolicTangent(_ x: Float) -> Float { 1 - 2 / (expf(2 * x) + 1) }

/// Turns `count` logits into log-probabilities in place, in Double, by the log-sum-exp of the row.
func setLogSoftmax(_ logits: UnsafePointer<Float>, count: Int, into result: UnsafeMutablePointer<Double>) {
    var maximum = -Double.infinity
    for i in 0..<count { maximum = max(maximum, Double(logits[i])) }
    var sum = 0.0
    for i in 0..<count { sum += exp(Double(logits[i]) - maximum) }
    let normaliser = maximum + log(sum)
    for i in 0..<count { result[i] = Double(logits[i]) - normaliser }
}

@inline(__always) func exponential(_ x: Float) -> Float { expf(x) }

@inline(__always) func logarithm(_ x: Float) -> Float { logf(x) }
