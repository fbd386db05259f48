import Glibc

extension Biquad {
    /// Butterworth band-pass: gain 1 at the centre of the band, −3 dB at both edges, however narrow it is.
    ///
    /// A low-pass of fourth order becomes a band-pass of eighth order and, by the bilinear transform with the edges warped beforehand, a
    /// digital one; as `scipy.signal.butter(4, band, "bandpass")`. Each section has gain 1 at the centre, which is the geometric mean of the
    /// warped edges.
    ///
    /// - Source: T. W. Parks, C. S. Burrus, "Digital Filter Design", Wiley 1987, chapter 7.
    /// - Parameters:
    ///   - band: edges in Hz, above 0, below half the rate and different.
    ///   - rate: samples per second.
    /// - Returns: four sections, one behind the other.
    public static func bandPass(_ band: ClosedRange<Double>, rate: Double) -> [Biquad] {
        precondition(
            band.lowerBound > 0 && band.lowerBound < band.upperBound && band.upperBound < rate / 2,
            "a band lies between 0 and half the rate")
        // In units of twice the rate.
        let (low, high) = (tan(.pi * band.lowerBound / rate), tan(.pi * band.upperBound / rate))
        let (width, centre) = (high - low, (low * high).squareRoot())
        let turn = 2 * atan(centre)
        return [5.0, 7.0].flatMap { place in
            // A pole of the low-pass; the other two are the conjugates.
            let half = Complex(cos(place * .pi / 8), sin(place * .pi / 8)) * (width / 2)
            let root = (half * half - Complex(centre * centre, 0)).squareRoot
            return [half + root, half - root].map { section(pole: $0, turn: turn) }
        }
    }

    /// A section with the zeros 1 and −1, and with gain 1 at an angle of the unit circle.
    /// - Parameter pole: of the analogue filter, with its conjugate.
    private static func section(pole: Complex, turn: Double) -> Biquad {
        let z = (Complex(1, 0) + pole) / (Complex(1, 0) - pole)
        let (a1, a2) = (-2 * z.real, z.real * z.real + z.imaginary * z.imaginary)
        let (one, two) = (Complex(cos(turn), -sin(turn)), Complex(cos(2 * turn), -sin(2 * turn)))
        let passed = (Complex(1, 0) - two) / (Complex(1, 0) + one * a1 + two * a2)
        let gain = 1 / passed.length
        return Biquad(b: (gain, 0, -gain), a: (1, a1, a2))
    }
}

private struct Complex {
    var real: Double
    var imaginary: Double

    init(_ real: Double, _ imaginary: Double) { (self.real, self.imaginary) = (real, imaginary) }

    var length: Double { hypot(real, imaginary) }

    var squareRoot: Complex {
        let (length, angle) = (length.squareRoot(), atan2(imaginary, real) / 2)
        return Complex(length * cos(angle), length * sin(angle))
    }

    static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
    static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
    static func * (a: Complex, b: Double) -> Complex { Complex(a.real * b, a.imaginary * b) }
    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    static func / (a: Complex, b: Complex) -> Complex {
        let squares = b.real * b.real + b.imaginary * b.imaginary
        return (a * Complex(b.real, -b.imaginary)) * (1 / squares)
    }
}
