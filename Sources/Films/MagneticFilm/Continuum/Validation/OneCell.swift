import Glibc

/// One spin in a field of 0.5 T along z from the equator, against the closed form.
///
/// m_z = tanh(α ω t), azimuth ω t, ω = γ₀H/(1+α²). Source: J. C. Mallinson, IEEE Trans. Magn. 36 (2000) 1976.
public enum OneCell {
    static let field_Apm = 0.5 / FilmConstants.vacuumPermeability

    /// Distance from the closed form after 20 ps in equal steps, with α = 0.1.
    public static func error<Scalar: ContinuumScalar>(
        _ method: ButcherTableau, steps: Int, precision: Scalar.Type = Double.self
    ) throws(FilmError) -> Double {
        let alpha = 0.1
        let film: ContinuumFilm<Scalar> = try cell(damping: alpha)
        let time = 20e-12
        try film.advance(steps: steps, timeStep_s: time / Double(steps), method: method)
        let turn = FilmConstants.gyromagneticRatio * field_Apm / (1 + alpha * alpha) * time
        let (z, r) = (tanh(alpha * turn), 1 / cosh(alpha * turn))
        let d = film.m[0] - SIMD3(r * cos(turn), r * sin(turn), z)
        return (d * d).sum().squareRoot()
    }

    /// log₂ of the ratio of errors at two step lengths.
    public static func order(_ method: ButcherTableau) throws(FilmError) -> Double {
        log2(try error(method, steps: 20) / error(method, steps: 40))
    }

    static func cell<Scalar>(damping: Double) throws(FilmError) -> ContinuumFilm<Scalar> {
        var material = ContinuumMaterial.permalloy
        material.damping = damping
        let film = try ContinuumFilm<Scalar>(
            mesh: FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(repeating: 5e-9)), material: material,
            includesDemagnetisation: false)
        film.applied.uniform = { _ in SIMD3(0, 0, field_Apm) }
        return film
    }
}
