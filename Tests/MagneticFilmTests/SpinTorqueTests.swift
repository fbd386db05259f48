import Foundation
import MagneticFilm
import Testing

@Suite struct SpinTorqueTests {
    @Test func `a wall without pinning moves with ξ/α of the drift velocity`() throws {
        // Below Walker's limit v = ξ u / α (A. Thiaville et al. 2005). An easy axis along x and no demagnetising field: then
        // the wall also turns, and v = u (1 + αξ)/(1 + α²) without a hard axis; with one it is ξ u/α.
        let material = ContinuumMaterial(
            name: "strip", saturation_Apm: 6e5, exchange_Jpm: 1e-11, uniaxial_Jpm3: 5e5, damping: 0.1, source: "made up")
        let mesh = try FilmMesh(nx: 240, ny: 1, cellSize_m: SIMD3(0.5e-9, 1e-9, 1e-9))
        let film = try ContinuumFilm<Double>(mesh: mesh, material: material, includesDemagnetisation: false)
        let width = (1e-11 / 5e5).squareRoot()
        film.setMagnetisation { place in
            let x = (place.x - 60e-9) / width
            return SIMD3(0, 1 / cosh(x), -tanh(x))
        }
        let (u, xi, alpha) = (100.0, 0.05, 0.1)
        try film.addCurrentInPlane(nonAdiabaticity: xi) { _ in SIMD3(u, 0, 0) }
        // The wall's place from the mean: moving by s changes it by 2 s / length.
        try film.advance(by: 20e-12)
        let before = film.mean.z
        try film.advance(by: 50e-12)
        let speed = (film.mean.z - before) / 2 * 120e-9 / 50e-12
        #expect(abs(speed / (u * (1 + alpha * xi) / (1 + alpha * alpha)) - 1) < 5e-3)
    }

    @Test func `a current across the film starts the oscillation at the closed form's threshold`() throws {
        // One spin with a field H along z and p along −z (Λ = 1): m near +z loses stability when β P/2 > α H.
        let mesh = try FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(repeating: 4e-9))
        var material = ContinuumMaterial.permalloy
        material.damping = 0.05
        let field = 1e5
        let scale = 1.054571817e-34 / (4 * Double.pi * 1e-7 * 1.602176634e-19 * 4e-9 * 8e5)
        let threshold = 0.05 * field / (scale * 0.4 / 2)
        for factor in [0.9, 1.1] {
            let film = try ContinuumFilm<Double>(mesh: mesh, material: material, includesDemagnetisation: false)
            film.applied.uniform = { _ in SIMD3(0, 0, field) }
            film.setMagnetisation { _ in SIMD3(0.05, 0, 1) }
            try film.addCurrentAcross(
                .init(polarisation: 0.4, direction: SIMD3(0, 0, -1), thickness_m: 4e-9)
            ) { _ in factor * threshold }
            try film.advance(by: 2e-9)
            let tilt = (film.m[0].x * film.m[0].x + film.m[0].y * film.m[0].y).squareRoot()
            // Growth rate (βP/2 − αH) γ₀/(1 + α²) = ±1.1e8 /s.
            let rate = (factor - 1) * 0.05 * field * 2.211e5 / (1 + 0.0025)
            let start = 0.05 / (1 + 0.0025).squareRoot()
            #expect(abs(log(tilt / start) - rate * 2e-9) < 0.01)
        }
    }

    /// The relaxed vortex of standard problem 5, 100 × 100 × 10 nm.
    private func vortex(cells n: Int, layers: Int) throws -> ContinuumFilm<Double> {
        var material = ContinuumMaterial.permalloy
        material.damping = 0.1
        let size = SIMD3(100e-9 / Double(n), 100e-9 / Double(n), 10e-9 / Double(layers))
        let film = try ContinuumFilm<Double>(
            mesh: FilmMesh(nx: n, ny: n, nz: layers, cellSize_m: size), material: material, threads: 2)
        film.setMagnetisation { SIMD3(50e-9 - $0.y, $0.x - 50e-9, 10e-9) }
        film.relax(torque_Apm: 0.1)
        return film
    }

    private func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
        max(abs(a.x - b.x), abs(a.y - b.y), abs(a.z - b.z))
    }

    @Test func `standard problem 5 at 5 nm is OOMMF's after 1 and 10 ns`() throws {
        let film = try vortex(cells: 20, layers: 2)
        let u = ZhangLiTerm<Double>.velocity_mps(current_Apm2: SIMD3(1e12, 0, 0), saturation_Apm: 8e5)
        #expect(abs(u.x + 72.35) < 0.01)
        try film.addCurrentInPlane(nonAdiabaticity: 0.05) { _ in u }
        try film.advance(by: 1e-9, tolerance: 1e-5)
        // OOMMF's example on the same cells.
        #expect(distance(film.mean, SIMD3(-0.221597, -0.088417, 0.020879)) < 1e-4)
        try film.advance(by: 9e-9, tolerance: 1e-5)
        #expect(distance(film.mean, SIMD3(-0.204550, 0.014009, 0.021769)) < 1e-4)
    }

    @Test func `standard problem 5 on 32 × 32 × 4 cells is mumax3's`() throws {
        let film = try vortex(cells: 32, layers: 4)
        // mumax3 divides the velocity by 1 + ξ², as Zhang and Li did; its demagnetising tensor is good to 1e-4 or so.
        let u = ZhangLiTerm<Double>.velocity_mps(current_Apm2: SIMD3(1e12, 0, 0), saturation_Apm: 8e5) / (1 + 0.05 * 0.05)
        try film.addCurrentInPlane(nonAdiabaticity: 0.05) { _ in u }
        try film.advance(by: 1e-9, tolerance: 1e-5)
        #expect(distance(film.mean, SIMD3(-0.23479773, -0.09453578, 0.02296375)) < 2e-4)
    }
}
