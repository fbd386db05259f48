import Glibc

/// 1 / (1 + e^−x).
@inline(__always) func logistic(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

/// tanh x through one exponential; saturates to ±1 without overflow.
@inline(__always) func hyperbolicTangent(_ x: Float) -> Float { 1 - 2 / (expf(2 * x) + 1) }

@inline(__always) func exponential(_ x: Float) -> Float { expf(x) }

@inline(__always) func logarithm(_ x: Float) -> Float { logf(x) }
