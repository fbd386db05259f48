import Glibc

/// muMAG standard problem 1: loops of a permalloy rectangle of 1 × 2 µm × 20 nm, fields up to 50 mT, one degree off an edge.
///
/// The answers that were sent in differ widely; there is no reference. Source: www.ctcms.nist.gov/~rdm/spec1.html.
public enum StandardProblem1 {
    public enum Axis: String, Sendable, CaseIterable { case long, short }

    public static let material = ContinuumMaterial(
        name: "Py", saturation_Apm: 8e5, exchange_Jpm: 1.3e-11, uniaxial_Jpm3: 5e2, uniaxialAxis: SIMD3(0, 1, 0),
        damping: 0.5, source: "muMAG standard problem 1")

    /// - Parameters:
    ///   - cell_m: edge of a cell in the plane, which must divide 1 µm; one layer.
    ///   - threads: number of threads, 1 or more; the result does not depend on it.
    public static func film(cell_m: Double, threads: Int = 1) throws(FilmError) -> ContinuumFilm<Double> {
        let count = (1e-6 / cell_m).rounded()
        guard cell_m > 0, count >= 1, abs(count * cell_m - 1e-6) < 1e-12 else {
            throw FilmError(.outOfRange(name: "cell size", value: cell_m, expected: "a whole number of cells in 1 µm"))
        }
        let mesh = try FilmMesh(nx: Int(count), ny: 2 * Int(count), cellSize_m: SIMD3(cell_m, cell_m, 20e-9))
        return try ContinuumFilm<Double>(mesh: mesh, material: material, threads: threads)
    }

    /// - Parameters:
    ///   - axis: along which edge the field is.
    ///   - steps: of each branch.
    public static func loop(_ axis: Axis, steps: Int) throws(FilmError) -> HysteresisLoop {
        let (c, s) = (cos(Double.pi / 180), sin(Double.pi / 180))
        return try HysteresisLoop(
            direction: axis == .long ? SIMD3(s, c, 0) : SIMD3(c, s, 0),
            fields_T: HysteresisLoop.branches(largest_T: 50e-3, steps: steps))
    }
}
