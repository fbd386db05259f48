import Glibc

/// Random numbers that are a function of a counter and a key, so that any thread can make the number that it needs.
///
/// Source: J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011), Philox4x32 with ten rounds.
public enum Philox {
    /// The four words of one counter.
    public static func words(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (c, k) = (counter, key)
        for _ in 0..<10 {
            let a = UInt64(0xD251_1F53) * UInt64(c.x)
            let b = UInt64(0xCD9E_8D57) * UInt64(c.z)
            c = SIMD4(
                UInt32(truncatingIfNeeded: b >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: b),
                UInt32(truncatingIfNeeded: a >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: a))
            // The sequence of keys wraps by design.
            k = SIMD2(k.x &+ 0x9E37_79B9, k.y &+ 0xBB67_AE85)
        }
        return c
    }

    /// Four numbers above 0 and below 1, each in steps of 2⁻³².
    public static func uniforms(seed: UInt64, stream: UInt32, index: UInt32, step: UInt64) -> SIMD4<Double> {
        let words = words(
            SIMD4(index, stream, UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32)),
            key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
        return (SIMD4<Double>(words) + 0.5) * 0x1p-32
    }

    /// Three independent numbers of mean 0 and variance 1 (G. E. P. Box, M. E. Muller, 1958).
    public static func normals(seed: UInt64, stream: UInt32, index: UInt32, step: UInt64) -> SIMD3<Double> {
        let u = uniforms(seed: seed, stream: stream, index: index, step: step)
        let (a, b) = ((-2 * log(u.x)).squareRoot(), (-2 * log(u.z)).squareRoot())
        let turn = 2 * Double.pi * u.y
        return SIMD3(a * cos(turn), a * sin(turn), b * cos(2 * .pi * u.w))
    }
}
