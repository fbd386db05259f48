import Glibc
import Signals

/// Standard normal numbers for training noise, in 32 bits: two for each logarithm.
///
/// - Source: G. E. P. Box, M. E. Muller, Ann. Math. Stat. 29 (1958) 610.
package struct NormalNumbers {
    private var random: SplitMix64
    private var second: Float?

    /// - Parameter seed: equal seeds give equal numbers.
    package init(seed: UInt64) { random = SplitMix64(seed: seed) }

    package mutating func next() -> Float {
        if let value = second {
            second = nil
            return value
        }
        let bits = random.next()
        // 24 bits for the radius, in (0, 1], and as many for the angle.
        let radius = (-2 * logf(Float((bits >> 40) + 1) * 0x1p-24)).squareRoot()
        let angle = 2 * Float.pi * Float(bits & 0xFF_FFFF) * 0x1p-24
        second = radius * sinf(angle)
        return radius * cosf(angle)
    }
}
