import Foundation
import MagneticFilm
import Testing

/// One spin with an easy axis along x; fields in units of 2K/(μ₀Ms).
private func spin() throws -> (film: ContinuumFilm<Double>, anisotropyField_T: Double) {
    let material = ContinuumMaterial(
        name: "spin", saturation_Apm: 8e5, exchange_Jpm: 0, uniaxial_Jpm3: 4e4, uniaxialAxis: SIMD3(1, 0, 0), damping: 0.5,
        source: "made up")
    let film = try ContinuumFilm<Double>(
        mesh: FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(repeating: 5e-9)), material: material,
        includesDemagnetisation: false)
    return (film, 2 * 4e4 / 8e5)
}

@Suite struct HysteresisLoopTests {
    @Test(arguments: [10.0, 30, 45, 60, 80])
    func `a spin switches on Stoner and Wohlfarth's astroid`(degrees: Double) throws {
        let (film, scale) = try spin()
        let angle = degrees * .pi / 180
        let expected = pow(pow(cos(angle), 2 / 3.0) + pow(sin(angle), 2 / 3.0), -1.5)
        // From saturation down past the switching field, in steps of a thousandth around it.
        let fields = [1.5, 0.5, 0] + (-5...5).map { -expected - 1e-3 * Double($0) }
        let loop = try HysteresisLoop(direction: SIMD3(cos(angle), sin(angle), 0), fields_T: fields.map { $0 * scale })
        let points = loop.run(film, torque_Apm: 1e-2)
        #expect(!points.contains { !$0.converged })
        let jump = try #require(points.indices.dropFirst().first { points[$0].mean.x < 0 })
        // Switched between this field and the one before, which enclose the astroid.
        #expect(abs(-points[jump].field_T / scale - expected) < 1.5e-3)
    }

    @Test func `a loop at right angles to the easy axis is the straight line of the closed form`() throws {
        let (film, scale) = try spin()
        let fields = try HysteresisLoop.branches(largest_T: 1.2 * scale, steps: 12)
        let loop = try HysteresisLoop(direction: SIMD3(0, 1, 0), fields_T: fields)
        film.setMagnetisation { _ in SIMD3(1, 0.1, 0) }
        for point in loop.run(film, torque_Apm: 1e-3) {
            let h = point.field_T / scale
            #expect(abs(point.along - max(-1, min(1, h))) < 1e-4)
        }
    }

    @Test func `coercive fields and remanences are read from the loop`() throws {
        let (film, scale) = try spin()
        let loop = try HysteresisLoop(
            direction: SIMD3(cos(Double.pi / 4), sin(Double.pi / 4), 0),
            fields_T: HysteresisLoop.branches(largest_T: 1.5 * scale, steps: 600))
        let points = loop.run(film, torque_Apm: 1)
        // At 45° the astroid is at one half, where the projection jumps through nought; at zero field it is cos 45°.
        let coercive = HysteresisLoop.coerciveFields_T(points)
        #expect(coercive.count == 2 && abs(coercive[0] / scale + 0.5) < 0.01 && abs(coercive[1] / scale - 0.5) < 0.01)
        let remanences = HysteresisLoop.remanences(points)
        #expect(remanences.count == 2)
        #expect(abs(remanences[0] - 0.5.squareRoot()) < 1e-3 && abs(remanences[1] + 0.5.squareRoot()) < 1e-3)
    }

    @Test func `relaxation is the same to the last bit for any number of threads`() throws {
        var ends: [[SIMD3<Double>]] = []
        for threads in [1, 2, 3] {
            let film = try ContinuumFilm<Double>(
                mesh: FilmMesh(nx: 45, ny: 27, cellSize_m: SIMD3(4e-9, 4e-9, 3e-9)), material: .permalloy, threads: threads)
            film.setMagnetisation { SIMD3($0.y - 5e-8, $0.x - 8e-8, 3e-8) }
            film.relax(torque_Apm: 100, iterationsMax: 200)
            ends.append((0..<film.mesh.cells).map { film.m[$0] })
        }
        #expect(ends[0] == ends[1] && ends[0] == ends[2])
    }

    @Test func `standard problem 1 at coarse cells saturates and comes back`() throws {
        let film = try StandardProblem1.film(cell_m: 50e-9, threads: 2)
        let points = try StandardProblem1.loop(.long, steps: 10).run(film, torque_Apm: 100)
        #expect(points.count == 21)
        #expect(points[0].along > 0.95 && points[10].along < -0.95 && points[20].along > 0.95)
        // The rising branch is the falling one turned over.
        for i in 0...10 { #expect(abs(points[i].along + points[10 + i].along) < 0.02) }
    }

    @Test func `loops that cannot be are typed errors`() throws {
        #expect(throws: FilmError.self) { try HysteresisLoop(direction: .zero, fields_T: [1]) }
        #expect(throws: FilmError.self) { try HysteresisLoop(direction: SIMD3(1, 0, 0), fields_T: []) }
        #expect(throws: FilmError(.notFinite(name: "fields of a loop", at: 1))) {
            try HysteresisLoop(direction: SIMD3(1, 0, 0), fields_T: [1, .nan])
        }
        #expect(throws: FilmError.self) { try HysteresisLoop.branches(largest_T: 1, steps: 0) }
        #expect(throws: FilmError.self) { try StandardProblem1.film(cell_m: 7e-9) }
    }
}
