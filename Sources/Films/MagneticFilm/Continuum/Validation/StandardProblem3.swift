/// muMAG standard problem 3: the edge of a cube at which flower and vortex have the same energy.
///
/// Lengths in units of √(A/Km), energies in Km V, Km = μ₀Ms²/2, uniaxial K = 0.1 Km along z.
/// Source: www.ctcms.nist.gov/~rdm/spec3.html.
public enum StandardProblem3 {
    public enum State: Sendable { case flower, vortex }

    /// The relaxed cube, and its energy per Km V.
    public static func relaxed(
        _ state: State, edge: Double, cells n: Int, threads: Int = 1
    ) throws(FilmError) -> (film: ContinuumFilm<Double>, energy: Double) {
        let saturation = 8e5
        let density = FilmConstants.vacuumPermeability * saturation * saturation / 2
        let stiffness = 1.3e-11
        let size = edge * (stiffness / density).squareRoot()
        let material = ContinuumMaterial(
            name: "problem 3", saturation_Apm: saturation, exchange_Jpm: stiffness, uniaxial_Jpm3: 0.1 * density,
            damping: 0.5, source: "muMAG standard problem 3")
        let mesh = try FilmMesh(nx: n, ny: n, nz: n, cellSize_m: SIMD3(repeating: size / Double(n)))
        let film = try ContinuumFilm<Double>(mesh: mesh, material: material, threads: threads)
        film.setMagnetisation { place in
            let r = place / size - 0.5
            // The vortex turns about y, its core points along y.
            return state == .flower ? SIMD3(0.1 * r.x * r.z, 0.1 * r.y * r.z, 1) : SIMD3(r.z, 0.15, -r.x)
        }
        film.relax(torque_Apm: 1e-5 * saturation, iterationsMax: 20_000)
        return (film, film.energy / (density * size * size * size))
    }

    /// The edge of equal energies, and that energy per Km V, by the secant rule from 8.4 and 8.5.
    /// - Parameters:
    ///   - n: cells along each edge of the cube.
    ///   - threads: number of threads, 1 or more; the result does not depend on it.
    ///   - progress: called after each pair of relaxations with 0 … 1; false ends the search.
    public static func edge(
        cells n: Int, threads: Int = 1, progress: (Double) -> Bool = { _ in true }
    ) throws(FilmError) -> (edge: Double, energy: Double) {
        var energy = 0.0
        func difference(_ edge: Double) throws(FilmError) -> Double {
            let flower = try relaxed(.flower, edge: edge, cells: n, threads: threads).energy
            let vortex = try relaxed(.vortex, edge: edge, cells: n, threads: threads).energy
            energy = (flower + vortex) / 2
            return flower - vortex
        }
        var (a, b) = (8.4, 8.5)
        var fa = try difference(a)
        guard progress(0.25) else { return (.nan, .nan) }
        var fb = try difference(b)
        for round in 0..<6 where abs(b - a) > 1e-5 && fb != fa {
            guard progress(min(0.95, 0.5 + 0.2 * Double(round))) else { return (.nan, .nan) }
            let next = b - fb * (b - a) / (fb - fa)
            (a, fa) = (b, fb)
            b = next
            fb = try difference(b)
        }
        return (b, energy)
    }
}
