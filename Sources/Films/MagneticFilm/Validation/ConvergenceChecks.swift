import Glibc

/// The order of convergence of each integrator, measured.
enum ConvergenceChecks {
    static let group = FilmCheckGroup("order of convergence", seconds: 0.2, isQuick: true) { _ in
        try [ButcherTableau.heun, .rungeKutta4, .dormandPrince].map { method in
            FilmCheck(
                "order of \(method.name), coupled spins", try order(method), reference: Double(method.order), tolerance: 0.25,
                source: "order conditions of the method")
        }
    }

    /// log₂ of the ratio of differences between runs with steps h, h/2 and h/4.
    ///
    /// Four unlike spins coupled by exchange in a field: for a single spin in a constant field the scaling of m to length one
    /// cancels the leading error of some methods.
    static func order(_ method: ButcherTableau) throws(FilmError) -> Double {
        var ends: [[SIMD3<Double>]] = []
        for steps in [20, 40, 80] {
            let film = try ContinuumFilm<Double>(
                mesh: FilmMesh(nx: 2, ny: 2, cellSize_m: SIMD3(repeating: 5e-9)), material: .permalloy,
                includesDemagnetisation: false)
            film.setMagnetisation { place in
                SIMD3(1, place.x * 0.1e9, place.y * 0.2e9 - place.x * 0.05e9)
            }
            film.applied.uniform = { time in SIMD3(2e5 * cos(1e11 * time), 1e5, 3e5) }
            // The fastest mode turns by about 2 rad/ps.
            try film.advance(steps: steps, timeStep_s: 6e-12 / Double(steps), method: method)
            ends.append((0..<4).map { film.m[$0] })
        }
        func distance(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) -> Double {
            zip(a, b).map { pair in
                let d = pair.0 - pair.1
                return (d * d).sum()
            }.reduce(0, +).squareRoot()
        }
        return log2(distance(ends[0], ends[1]) / distance(ends[1], ends[2]))
    }
}
