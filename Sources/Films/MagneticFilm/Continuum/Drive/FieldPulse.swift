import Glibc

/// A uniform field that comes and goes.
public struct FieldPulse: Equatable, Sendable {
    public enum Form: String, CaseIterable, Sendable {
        /// exp(−(t − t₀)² / 2w²).
        case gauss
        /// 1 from t₀ to t₀ + w.
        case square
        /// sin x / x with x = 2π (t − t₀)/w: all frequencies up to 1/w alike, for spectra.
        case sinc
    }

    public var form: Form
    /// Largest field, tesla.
    public var amplitude_T: SIMD3<Double>
    /// t₀, seconds.
    public var start_s: Double
    /// w, seconds; above 0.
    public var width_s: Double

    /// - Throws: `FilmError` for numbers that are not finite and for a width that is not positive.
    public init(
        _ form: Form, amplitude_T: SIMD3<Double>, start_s: Double, width_s: Double
    ) throws(FilmError) {
        for axis in 0..<3 where !amplitude_T[axis].isFinite {
            throw FilmError(.notFinite(name: "amplitude of the pulse", at: axis))
        }
        guard start_s.isFinite else { throw FilmError(.notFinite(name: "start of the pulse", at: 0)) }
        guard width_s.isFinite, width_s > 0 else {
            throw FilmError(.outOfRange(name: "width of the pulse", value: width_s, expected: "above 0 s"))
        }
        (self.form, self.amplitude_T, self.start_s, self.width_s) = (form, amplitude_T, start_s, width_s)
    }

    /// Tesla at a time in seconds.
    public func field_T(at time_s: Double) -> SIMD3<Double> {
        let t = (time_s - start_s) / width_s
        switch form {
        case .gauss: return amplitude_T * exp(-t * t / 2)
        case .square: return time_s >= start_s && time_s < start_s + width_s ? amplitude_T : .zero
        case .sinc:
            let x = 2 * Double.pi * t
            return amplitude_T * (abs(x) < 1e-9 ? 1 : sin(x) / x)
        }
    }

    /// A Gauss is nought in Double beyond eight widths; a sinc never ends.
    public var times: DriveTimes {
        func span(_ from_s: Double, _ to_s: Double, _ step_s: Double) -> DriveTimes.Span {
            .init(from_s: from_s, to_s: to_s, longestStep_s: step_s)
        }
        switch form {
        case .gauss:
            let reach = 8 * width_s
            return DriveTimes(edges_s: [start_s], spans: [span(start_s - reach, start_s + reach, width_s / 2)])
        case .square: return DriveTimes(edges_s: [start_s, start_s + width_s])
        case .sinc: return DriveTimes(edges_s: [start_s], spans: [span(-.infinity, .infinity, width_s / 8)])
        }
    }
}
