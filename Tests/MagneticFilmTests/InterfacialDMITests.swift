import Foundation
import MagneticFilm
import Testing

private let (stiffness, anisotropy) = (1e-11, 5e5)
/// √(A/K).
private let width = (stiffness / anisotropy).squareRoot()

/// A strip of 120 nm with an easy axis along its normal, infinite along y.
private func strip(cells: Int, dmi: Double, _ direction: (SIMD3<Double>) -> SIMD3<Double>) throws -> ContinuumFilm<Double> {
    let material = ContinuumMaterial(
        name: "strip", saturation_Apm: 6e5, exchange_Jpm: stiffness, uniaxial_Jpm3: anisotropy, interfacialDMI_Jpm2: dmi,
        damping: 0.5, source: "made up")
    let mesh = try FilmMesh(
        nx: cells, ny: 1, cellSize_m: SIMD3(120e-9 / Double(cells), 1e-9, 1e-9), copies: SIMD2(0, 1))
    let film = try ContinuumFilm<Double>(mesh: mesh, material: material, includesDemagnetisation: false)
    film.setMagnetisation(direction)
    #expect(film.relax(torque_Apm: 1e-2).converged)
    return film
}

@Suite struct InterfacialDMITests {
    /// Largest distance from tan(θ/2) = tan(θ₀/2) exp(−x/√(A/K)), sin θ₀ = D/(2√(AK)), which A θ′² = K sin² θ and the edge's
    /// condition 2A θ′ = D give (Rohart and Thiaville, section III).
    private func edgeError(cells: Int) throws -> Double {
        let dmi = 1.5e-3
        let film = try strip(cells: cells, dmi: dmi) { _ in SIMD3(0, 0, 1) }
        let start = tan(asin(dmi / (2 * (stiffness * anisotropy).squareRoot())) / 2)
        var worst = 0.0
        for i in 0..<cells / 2 {
            let expected = sin(2 * atan(start * exp(-film.mesh.centre_m(i).x / width)))
            // The left edge leans along +x, the right one along −x.
            worst = max(worst, abs(film.m[i].x - expected), abs(film.m[cells - 1 - i].x + expected), abs(film.m[i].y))
        }
        return worst
    }

    @Test func `the edge leans as the closed form says, to second order`() throws {
        let (coarse, fine) = (try edgeError(cells: 120), try edgeError(cells: 240))
        #expect(fine < 2e-4)
        #expect(log2(coarse / fine) > 1.8)
    }

    @Test(arguments: [1.5e-3, -1.0e-3])
    func `a wall costs 4√(AK) − π|D|, which vanishes at the critical D`(dmi: Double) throws {
        let uniform = try strip(cells: 240, dmi: dmi) { _ in SIMD3(0, 0, 1) }
        let wall = try strip(cells: 240, dmi: dmi) { place in
            let x = (place.x - 60e-9) / width
            return SIMD3(dmi > 0 ? -1 / cosh(x) : 1 / cosh(x), 0, -tanh(x))
        }
        let area = 1e-18
        let expected = 4 * (stiffness * anisotropy).squareRoot() - .pi * abs(dmi)
        let found = (wall.energy - uniform.energy) / area
        #expect(abs(found - expected) < 2e-3 * 4 * (stiffness * anisotropy).squareRoot())
        // 4√(AK)/π: with a larger D walls appear by themselves.
        #expect(abs((found + .pi * abs(dmi)) / .pi / (4 * (stiffness * anisotropy).squareRoot() / .pi) - 1) < 2e-3)
    }

    @Test func `the other sense of rotation costs 4√(AK) + πD`() throws {
        // Not stable: a Néel wall of the wrong sense turns; the energy of its profile is still known.
        let dmi = 1.5e-3
        let film = try strip(cells: 240, dmi: dmi) { _ in SIMD3(0, 0, 1) }
        func energy(_ sense: Double) -> Double {
            film.setMagnetisation { place in
                let x = (place.x - 60e-9) / width
                return SIMD3(sense / cosh(x), 0, -tanh(x))
            }
            return film.energy / 1e-18
        }
        #expect(abs(energy(1) - energy(-1) - 2 * .pi * dmi) < 2e-3 * 2 * .pi * dmi)
    }
}
