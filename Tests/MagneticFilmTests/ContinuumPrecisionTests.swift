import Foundation
import MagneticFilm
import Testing

/// 100 × 25 cells of 5 nm, as in problem 4.
private func film<Scalar: ContinuumScalar>(_ precision: Scalar.Type, threads: Int = 1) throws -> ContinuumFilm<Scalar> {
    let film = try ContinuumFilm<Scalar>(
        mesh: FilmMesh(nx: 100, ny: 25, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: .permalloy, threads: threads)
    film.setMagnetisation { _ in SIMD3(1, 0.25, 0.1) }
    return film
}

/// Standard problem 4 in Float is a group of `FilmValidation`.
@Suite struct ContinuumPrecisionTests {
    @Test func `one spin precesses in Float as the closed form says`() throws {
        // 1.76 rad in 400 steps; each rounds by up to 6e-8.
        let error = try OneCell.error(.rungeKutta4, steps: 400, precision: Float.self)
        print("one spin in Float: \(error)")
        #expect(error < 3e-6)
        #expect(try OneCell.error(.rungeKutta4, steps: 400) < 1e-9)
    }

    @Test func `the number of threads changes no bit in Float`() throws {
        func run(_ threads: Int) throws -> [SIMD3<Double>] {
            let film = try film(Float.self, threads: threads)
            film.relax(torque_Apm: 1000)
            film.applied.uniform = { _ in StandardProblem4.field1_T / FilmConstants.vacuumPermeability }
            try film.advance(by: 20e-12, tolerance: 1e-5)
            try film.advance(steps: 20, timeStep_s: 1e-13, method: .heun)
            return (0..<film.mesh.cells).map { film.m[$0] } + [film.mean]
        }
        let alone = try run(1)
        for threads in [2, 3, 7] { #expect(try run(threads) == alone) }
    }

    @Test func `relaxation in Float ends at the torque that rounding allows, in Double's state`() throws {
        let (single, double) = (try film(Float.self), try film(Double.self))
        #expect(abs(single.leastTorque_Apm - 1.03) < 0.05)
        let report = single.relax(torque_Apm: 0)
        #expect(report.converged && report.torque_Apm <= single.leastTorque_Apm && report.iterations < 1000)
        #expect(double.relax(torque_Apm: 1e-3).converged)
        let d = single.mean - double.mean
        print("relaxed in Float: \(report), mean off by \(d)")
        #expect((d * d).sum().squareRoot() < 1e-4)
        // The torque of Float's state, computed in Double from its unit vectors.
        double.setMagnetisation { place in single.m[single.mesh.index(Int(place.x / 5e-9), Int(place.y / 5e-9), 0)] }
        let field = VectorField<Double>(double.mesh)
        double.setEffectiveField(of: double.m, time_s: 0, into: field)
        for i in 0..<double.mesh.cells {
            let (m, h) = (double.m[i], field[i])
            let torque = SIMD3(m.y * h.z - m.z * h.y, m.z * h.x - m.x * h.z, m.x * h.y - m.y * h.x)
            #expect((torque * torque).sum().squareRoot() < 2 * single.leastTorque_Apm)
            let length = (single.m[i] * single.m[i]).sum().squareRoot()
            #expect(abs(length - 1) < 3e-7)
        }
    }

    @Test func `fields in Float are those in Double to its rounding, in one layer and in three`() throws {
        for size in [[33, 13, 1], [9, 10, 3]] {
            let mesh = try FilmMesh(nx: size[0], ny: size[1], nz: size[2], cellSize_m: SIMD3(4e-9, 5e-9, 3e-9))
            let material = ContinuumMaterial(
                name: "test", saturation_Apm: 6e5, exchange_Jpm: 1.1e-11, uniaxial_Jpm3: 2e4, cubic_Jpm3: 1e4,
                interfacialDMI_Jpm2: 1e-3, damping: 0.1, source: "made up")
            func field<Scalar: ContinuumScalar>(_ precision: Scalar.Type) throws -> (values: [SIMD3<Double>], energy: Double) {
                let film = try ContinuumFilm<Scalar>(mesh: mesh, material: material)
                var i = 0.0
                film.setMagnetisation { _ in
                    i += 1
                    return SIMD3(sin(i * 12.9898), sin(i * 78.233), sin(i * 37.719))
                }
                try film.addCurrentInPlane(nonAdiabaticity: 0.1) { _ in SIMD3(50, 20, 0) }
                try film.addCurrentAcross(.init(polarisation: 0.4, direction: SIMD3(0, 1, 1), thickness_m: 9e-9)) { _ in 1e11 }
                let field = VectorField<Scalar>(mesh)
                film.setEffectiveField(of: film.m, time_s: 0, into: field)
                return ((0..<mesh.cells).map { field[$0] }, film.energy)
            }
            let (single, double) = (try field(Float.self), try field(Double.self))
            let largest = double.values.map { ($0 * $0).sum().squareRoot() }.max()!
            let off = zip(single.values, double.values).map { (($0 - $1) * ($0 - $1)).sum().squareRoot() }.max()!
            print("field in Float: off by \(off / largest)")
            #expect(off < 1e-6 * largest && off > 0)
            #expect(abs(single.energy / double.energy - 1) < 1e-5)
        }
    }

    @Test(arguments: [1, 3])
    func `a film in Double with its demagnetising field in Float is the same to 1e-6, for any number of threads`(
        layers: Int
    ) throws {
        // Small cells: stability limits the steps, so both tolerances take the same ones. The larger one may convolve in Float.
        func run(_ tolerance: Double, threads: Int = 1) throws -> [SIMD3<Double>] {
            let film = try ContinuumFilm<Double>(
                mesh: FilmMesh(nx: 41, ny: 13, nz: layers, cellSize_m: SIMD3(2e-9, 2e-9, 3e-9)), material: .permalloy,
                threads: threads)
            film.setMagnetisation { SIMD3(1, $0.x * 1e7, 0.1 + $0.y * 1e7) }
            film.applied.uniform = { _ in StandardProblem4.field1_T / FilmConstants.vacuumPermeability }
            try film.advance(by: 50e-12, tolerance: tolerance)
            return (0..<film.mesh.cells).map { film.m[$0] }
        }
        let (single, double) = (try run(5e-6), try run(4.999e-6))
        let off = zip(single, double).map { (($0 - $1) * ($0 - $1)).sum().squareRoot() }.max()!
        print("demagnetising field in Float, \(layers) layers: off by \(off)")
        #expect(off < 1e-6 && off > 0)
        for threads in [2, 3] { #expect(try run(5e-6, threads: threads) == single) }
    }
}
