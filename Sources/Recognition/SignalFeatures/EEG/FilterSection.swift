import Glibc

/// A causal second-order section as a state variable filter with trapezoidal integrators. It has the transfer function of the bilinear
/// transform, like a direct form, but keeps its precision where poles stand close to 1: 0.1 Hz at 16 kHz.
///
///     H(s) = m₀ + m₁ s / (s² + k s + 1)        s = (z − 1) / (g (z + 1))
///
/// - Source: V. Zavalishin, "The Art of VA Filter Design", 2018, section 4.4.
public struct FilterSection: Sendable, Equatable {
    let a1: Double, a2: Double, twoG: Double, m0: Double, m1: Double

    /// - Parameters:
    ///   - g: tan(π f / rate) of the poles' frequency.
    ///   - k: damping, the inverse of the quality.
    init(g: Double, k: Double, m0: Double, m1: Double) {
        a1 = 1 / (1 + g * (g + k))
        a2 = g * a1
        twoG = 2 * g
        (self.m0, self.m1) = (m0, m1)
    }

    /// Butterworth band-pass as `scipy.signal.butter(4, band, "bandpass")`: −3 dB at both edges, four sections. Nothing of a constant passes.
    ///
    /// - Source: T. W. Parks, C. S. Burrus, "Digital Filter Design", Wiley 1987, chapter 7.
    /// - Parameters:
    ///   - band: edges in Hz, above 0, below half the rate and different.
    ///   - rate: samples per second.
    public static func bandPass(_ band: ClosedRange<Double>, rate: Double) -> [FilterSection] {
        precondition(
            band.lowerBound > 0 && band.lowerBound < band.upperBound && band.upperBound < rate / 2,
            "a band lies between 0 and half the rate")
        let (low, high) = (tan(.pi * band.lowerBound / rate), tan(.pi * band.upperBound / rate))
        let (width, product) = (high - low, low * high)
        // Each pole pair of the low-pass, s² + 2 d s + 1, becomes the factors of s⁴ + 2 d w s³ + (2 c + w²) s² + 2 d w c s + c².
        return [cos(.pi / 8), cos(3 * .pi / 8)].flatMap { damping in
            // (s² + b s + q)(s² + b c/q s + c²/q); with u = q/c the two factors are mirror images on a logarithmic axis of frequency:
            // u + 1/u = r, b (1 + 1/u) = 2 d w.
            let ratio = splitting(damping: damping, width: width, product: product)
            return [ratio, 1 / ratio].map { u in
                let g = (product * u).squareRoot()
                let b = 2 * damping * width * u / (1 + u)
                return FilterSection(g: g, k: b / g, m0: 0, m1: width / g)
            }
        }
    }

    /// u < 1 with the factors of the quartic: by comparing the terms of s², c (u + 1/u) + b² /u = 2 c + w², b = 2 d w u / (1 + u).
    /// With v = u + 1/u + 2 it is c (v − 4) + 4 d² w² / v − w² = 0.
    private static func splitting(damping d: Double, width w: Double, product c: Double) -> Double {
        // c v² − (4 c + w²) v + 4 d² w² = 0; the larger root.
        let p = 4 * c + w * w
        let v = (p + (p * p - 16 * c * d * d * w * w).squareRoot()) / (2 * c)
        // u + 1/u = v − 2, without taking large numbers from each other.
        let h = (v - 2) / 2
        return 1 / (h + ((h - 1) * (h + 1)).squareRoot())
    }

    /// A notch as `scipy.signal.iirnotch(frequency, quality)`: nothing passes at the frequency, all far from it.
    /// - Parameters:
    ///   - frequency: Hz, above 0 and below half the rate.
    ///   - quality: frequency over the width between the −3 dB points, above 0.5.
    public static func notch(_ frequency: Double, quality: Double, rate: Double) -> FilterSection {
        precondition(frequency > 0 && frequency < rate / 2 && quality > 0.5, "a notch lies between 0 and half the rate")
        let angle = 2 * Double.pi * frequency / rate
        let k = 2 * tan(angle / quality / 2) / sin(angle)
        return FilterSection(g: tan(angle / 2), k: k, m0: 1, m1: -k)
    }

    /// Notches at a line's frequency and its multiples below half the rate.
    /// - Parameter multiples: at most so many, the line itself included.
    public static func notches(line: Double, multiples: Int, quality: Double, rate: Double) -> [FilterSection] {
        (0..<max(0, multiples)).map { line * Double($0 + 1) }.filter { $0 < 0.499 * rate }.map {
            notch($0, quality: quality, rate: rate)
        }
    }
}
