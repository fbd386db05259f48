/// muMAG standard problem 2: coercivity along [1, 1, 1] of a particle 5d × d × 0.1d.
///
/// For d far below the exchange length the particle turns as one; then Hc/Ms = 0.057069478 (M. J. Donahue et al., J. Appl.
/// Phys. 87 (2000) 5520).
public enum StandardProblem2 {
    /// Hc / Ms by bisection.
    /// - Parameter width: d in exchange lengths.
    public static func coercivity(width: Double) throws(FilmError) -> Double {
        var material = ContinuumMaterial.permalloy
        material.damping = 0.5
        let d = width * material.exchangeLength_m
        let mesh = try FilmMesh(nx: 10, ny: 2, cellSize_m: SIMD3(d / 2, d / 2, d / 10))
        let film = try ContinuumFilm<Double>(mesh: mesh, material: material)
        let axis = SIMD3(repeating: 1 / 3.0.squareRoot())
        film.setMagnetisation { _ in axis }
        let torque = 1e-7 * material.saturation_Apm
        film.relax(torque_Apm: torque)
        let remanence = VectorField<Double>(mesh)
        remanence.set(film.m)
        var (low, high) = (0.0, 0.2)
        while high - low > 1e-6 {
            let middle = (low + high) / 2
            let field = -middle * material.saturation_Apm * axis
            film.applied.uniform = { _ in field }
            film.m.set(remanence)
            film.relax(torque_Apm: torque)
            if (film.mean * axis).sum() > 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
