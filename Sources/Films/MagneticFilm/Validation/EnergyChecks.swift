import Glibc

/// Without drive the energy of a damped film only falls.
enum EnergyChecks {
    static let group = FilmCheckGroup("energy", seconds: 0.3, isQuick: true) { _ in
        let film = try ContinuumFilm<Double>(
            mesh: FilmMesh(nx: 20, ny: 10, cellSize_m: SIMD3(4e-9, 4e-9, 3e-9)),
            material: ContinuumMaterial(
                name: "test", saturation_Apm: 6e5, exchange_Jpm: 1.1e-11, uniaxial_Jpm3: 2e4, damping: 0.1, source: "made up"))
        var n = 0.0
        film.setMagnetisation { _ in
            n += 1
            return SIMD3(sin(n * 12.9898), sin(n * 78.233), sin(n * 37.719))
        }
        let start = film.energy
        var before = start
        var rise = 0.0
        for _ in 0..<100 {
            try film.advance(by: 0.5e-12)
            let now = film.energy
            rise = max(rise, now - before)
            before = now
        }
        return [
            FilmCheck(
                "energy: largest rise in 0.5 ps without drive, of the first value", rise / abs(start), reference: 0,
                tolerance: 0, source: "dE/dt = −αγ₀μ₀Ms/(1+α²) Σ |m × H|² V ≤ 0")
        ]
    }
}
