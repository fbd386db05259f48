import Foundation
import MagneticFilm
import Testing

/// One cell without dipoles and anisotropy in a field along z.
private func spin(damping: Double, timeStep: Double = 1e-14) throws -> MacroCellFilm<Double> {
    var material = FilmMaterial.nickel
    material.anisotropy_J = 0
    return try MacroCellFilm(
        MacroCellFilmConfiguration(
            rows: 1, columns: 1, material: material, damping: damping, timeStep_s: timeStep,
            includesDipoles: false))
}

@Suite struct OneSpinTests {
    @Test func `precession in a field has the frequency γB`() throws {
        let film = try spin(damping: 1e-9)
        film.setMagnetisation(SIMD3(1, 0, 1), cell: 0)
        film.refreshField()
        film.addDrive { _, _ in 0.5 }
        // γB = 1.76e11 · 0.5 = 8.8e10 rad/s; 2000 steps of 10 fs turn it by 1.76 rad, from x towards y.
        film.advance(steps: 2000)
        let m = film.magnetisation(cell: 0)
        #expect(abs(atan2(m.y, m.x) - 1.76) < 1e-6)
        #expect(abs(m.z - 0.5.squareRoot()) < 1e-9)
    }

    @Test func `damping turns the moment into the field as the closed form says`() throws {
        let alpha = 0.2
        let film = try spin(damping: alpha)
        film.setMagnetisation(SIMD3(1, 0, 0), cell: 0)
        film.refreshField()
        film.addDrive { _, _ in 0.5 }
        film.advance(steps: 1000)
        // tan(θ/2) falls as exp(−α γ B t / (1 + α²)); m_z = cos θ = tanh(α γ B t / (1 + α²)) from the equator.
        let expected = tanh(alpha * 1.76e11 * 0.5 * 1e-11 / (1 + alpha * alpha))
        #expect(abs(film.magnetisation(cell: 0).z - expected) < 1e-6)
    }

    @Test func `Heun's method is of second order`() throws {
        var errors: [Double] = []
        for timeStep in [4e-13, 2e-13, 1e-13] {
            let film = try spin(damping: 0.1, timeStep: timeStep)
            film.setMagnetisation(SIMD3(1, 0, 0), cell: 0)
            film.refreshField()
            film.addDrive { _, _ in 0.5 }
            film.advance(steps: Int((1.2e-11 / timeStep).rounded()))
            // The azimuth grows as γ B t / (1 + α²) = 1.0455 rad.
            let m = film.magnetisation(cell: 0)
            errors.append(abs(atan2(m.y, m.x) - 1.76e11 * 0.5 * 1.2e-11 / 1.01))
        }
        #expect(abs(log2(errors[0] / errors[1]) - 2) < 0.2)
        #expect(abs(log2(errors[1] / errors[2]) - 2) < 0.2)
    }
}
