import Foundation

/// muMAG standard problem 4 on two grids, with both fields.
enum StandardProblem4Checks {
    /// The same grid in Float, beside the same run in Double.
    /// - Parameter deviation: the largest that passes; field 2 leads past a state where small differences grow a hundredfold.
    static func groupInFloat(_ reference: StandardProblem4Reference, deviation: Double) -> FilmCheckGroup {
        let label = "problem 4, field \(reference.field), \(reference.nx) × \(reference.ny), Float"
        return FilmCheckGroup("standard " + label, seconds: 0.8, isQuick: true) { context in
            func curve<Scalar: ContinuumScalar>(_ precision: Scalar.Type, from start: Double) throws -> StandardProblem4.Curve {
                let film = try StandardProblem4.relaxedFilm(
                    nx: reference.nx, ny: reference.ny, threads: context.threads, precision: precision)
                return try StandardProblem4.run(film, field_T: reference.field_T) {
                    context.progress(start + Double($0) / 2000)
                }
            }
            let (single, double) = (try curve(Float.self, from: 0), try curve(Double.self, from: 0.5))
            guard single.means.count == 1000, double.means.count == 1000 else { return [] }
            let largest = zip(single.means, double.means).reduce(0.0) { largest, pair in
                (0..<3).reduce(largest) { max($0, abs(pair.0[$1] - pair.1[$1])) }
            }
            return [
                FilmCheck(
                    "\(label): first ⟨m_x⟩ = 0, ps", single.crossing_ps, reference: reference.crossing_ps, tolerance: 0.01,
                    source: reference.source),
                FilmCheck(
                    "\(label): the same against Double, ps", single.crossing_ps, reference: double.crossing_ps,
                    tolerance: 3e-3, source: "the same run in Double"),
                FilmCheck(
                    "\(label): largest deviation of the curve in 1 ns", largest, reference: 0, tolerance: deviation,
                    source: "the same run in Double"),
            ]
        }
    }

    static func group(_ reference: StandardProblem4Reference) -> FilmCheckGroup {
        let label = "problem 4, field \(reference.field), \(reference.nx) × \(reference.ny)"
        let isQuick = reference.nx == 100
        return FilmCheckGroup("standard " + label, seconds: isQuick ? 0.5 : 4, isQuick: isQuick) { context in
            let film = try StandardProblem4.relaxedFilm(nx: reference.nx, ny: reference.ny, threads: context.threads)
            let curve = try StandardProblem4.run(film, field_T: reference.field_T) { context.progress(Double($0) / 1000) }
            guard curve.means.count == 1000 else { return [] }
            var checks = [
                FilmCheck(
                    "\(label): first ⟨m_x⟩ = 0, ps", curve.crossing_ps, reference: reference.crossing_ps, tolerance: 0.01,
                    source: reference.source)
            ]
            for row in reference.averages {
                for (axis, name) in ["m_x", "m_y", "m_z"].enumerated() {
                    guard let expected = row.mean[axis] else { continue }
                    checks.append(
                        FilmCheck(
                            "\(label): \(name) at \(row.time_ps) ps", curve.means[row.time_ps - 1][axis], reference: expected,
                            tolerance: reference.tolerance, source: reference.source))
                }
            }
            if let name = reference.curveFile, let file = context.file(name) {
                let expected = try ReferenceCurve(file: file)
                checks.append(
                    FilmCheck(
                        "\(label): largest deviation of the curve of \(expected.points.count) points",
                        expected.largestDeviation(of: curve.means), reference: 0, tolerance: 5e-5,
                        source: "OOMMF 2.1a0, step errors × 0.01, \(file.lastPathComponent)"))
            }
            return checks
        }
    }
}
