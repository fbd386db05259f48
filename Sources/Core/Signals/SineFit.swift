import Glibc

/// Fits sines to signals.
package enum SineFit {
    /// Amplitude of the sine of one frequency that fits a signal best (least squares, with a constant).
    package static func amplitude(of signal: [Float], at frequency: Double, rate: Double) -> Double {
        guard signal.count > 2, frequency < rate / 2 else { return 0 }
        let mean = signal.reduce(0) { $0 + Double($1) } / Double(signal.count)
        let omega = 2 * Double.pi * frequency / rate
        var (cc, ss, cs, yc, ys) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (index, value) in signal.enumerated() {
            let (s, c) = (sin(omega * Double(index)), cos(omega * Double(index)))
            let y = Double(value) - mean
            cc += c * c
            ss += s * s
            cs += c * s
            yc += y * c
            ys += y * s
        }
        let determinant = cc * ss - cs * cs
        guard determinant > 0 else { return 0 }
        let a = (yc * ss - ys * cs) / determinant
        let b = (ys * cc - yc * cs) / determinant
        return (a * a + b * b).squareRoot()
    }
}
