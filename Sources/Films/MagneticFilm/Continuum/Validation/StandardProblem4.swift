/// muMAG standard problem 4: switching of a permalloy rectangle, 500 × 125 × 3 nm.
///
/// Source: www.ctcms.nist.gov/~rdm/std4/spec4.html; reference numbers from OOMMF 2.1a0 on the same grids.
public enum StandardProblem4 {
    /// The two fields, tesla.
    public static let field1_T = SIMD3(-24.6e-3, 4.3e-3, 0)
    public static let field2_T = SIMD3(-35.5e-3, -6.3e-3, 0)

    public struct Curve: Sendable {
        /// Mean of m after 1, 2, … ps.
        public var means: [SIMD3<Double>]
        /// First time at which the mean of m_x is nought, ps.
        public var crossing_ps: Double
        public var start: SIMD3<Double>
        public var evaluations: Int
    }

    /// A film in the s-state. The start (1, 0.25, 0.1) leads to the s-state that the problem means; from (1, 1, 1) some
    /// codes fall into its mirror image.
    public static func relaxedFilm<Scalar>(
        nx: Int, ny: Int, threads: Int = 1, precision: Scalar.Type = Double.self
    ) throws(FilmError) -> ContinuumFilm<Scalar> {
        let size = SIMD3(500e-9 / Double(nx), 125e-9 / Double(ny), 3e-9)
        let film = try ContinuumFilm<Scalar>(
            mesh: FilmMesh(nx: nx, ny: ny, cellSize_m: size), material: .permalloy, threads: threads)
        film.setMagnetisation { _ in SIMD3(1, 0.25, 0.1) }
        film.relax(torque_Apm: 1e-3)
        return film
    }

    /// Runs the switching from the film's present state.
    /// - Parameters:
    ///   - film: in the s-state.
    ///   - field_T: the switching field, tesla.
    ///   - picoseconds: length of the run.
    ///   - tolerance: largest error of a component of m per step.
    ///   - progress: called after every picosecond; false stops.
    public static func run<Scalar>(
        _ film: ContinuumFilm<Scalar>, field_T: SIMD3<Double>, picoseconds: Int = 1000, tolerance: Double = 1e-5,
        progress: (Int) -> Bool = { _ in true }
    ) throws(FilmError) -> Curve {
        let field = field_T / FilmConstants.vacuumPermeability
        film.applied.uniform = { _ in field }
        var curve = Curve(means: [], crossing_ps: .nan, start: film.mean, evaluations: 0)
        let evaluations = film.evaluations
        try film.sampleMeans(every: 1e-12, count: picoseconds, tolerance: tolerance) { picosecond, mean in
            curve.means.append(mean)
            return progress(picosecond)
        }
        curve.evaluations = film.evaluations - evaluations
        curve.crossing_ps = crossing(curve.means)
        return curve
    }

    /// Cubic interpolation through four points around the first change of sign.
    static func crossing(_ means: [SIMD3<Double>]) -> Double {
        guard let after = means.firstIndex(where: { $0.x < 0 }), after >= 2, after + 1 < means.count else { return .nan }
        let y = (-2...1).map { means[after + $0].x }
        func value(_ t: Double) -> Double {
            var sum = 0.0
            for i in 0..<4 {
                var term = y[i]
                for j in 0..<4 where j != i { term *= (t - Double(j)) / Double(i - j) }
                sum += term
            }
            return sum
        }
        var (low, high) = (1.0, 2.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if value(middle) > 0 { low = middle } else { high = middle }
        }
        // means[0] is 1 ps.
        return Double(after - 2) + 1 + (low + high) / 2
    }
}
