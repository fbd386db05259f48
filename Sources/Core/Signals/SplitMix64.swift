import Glibc

/// A small deterministic random number generator, the same on every machine.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator with this seed goes on as this one does.
    public var seed: UInt64 { state }

    /// Every seed gives a sequence of its own; equal seeds give equal ones.
    public init(seed: UInt64) { state = seed }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1), with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Standard normal (Box–Muller, the cosine half; one value a call, so that the sequence is easy to restate).
    public mutating func normal() -> Double {
        let u = 1 - uniform()
        let v = uniform()
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }

    /// Uniform integer in 0 ..< bound (bound ≥ 1); the bias of the modulus is below bound / 2⁶⁴.
    public mutating func integer(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A seed for an independent purpose, derived from this generator's next value.
    public mutating func split() -> UInt64 { next() ^ 0xD1B5_4A32_D192_ED03 }
}
