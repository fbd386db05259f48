import Foundation
import MagneticFilm
import Testing

/// Numbers between −1 and 1 that look random and repeat.
private func scattered(_ i: Int, _ k: Int) -> Double { sin(Double(i * 7919 + k * 104729) * 12.9898) }

private let material = ContinuumMaterial(
    name: "test", saturation_Apm: 6e5, exchange_Jpm: 1.1e-11, damping: 0.1, source: "made up")

private func film(_ mesh: FilmMesh, filled: [Bool]? = nil, threads: Int = 1) throws -> ContinuumFilm<Double> {
    let film = try ContinuumFilm<Double>(mesh: mesh, material: material, filled: filled, threads: threads)
    var i = 0
    film.setMagnetisation { _ in
        i += 1
        return SIMD3(scattered(i, 0), scattered(i, 1), scattered(i, 2))
    }
    return film
}

@Suite struct ContinuumFieldTests {
    @Test(arguments: [[7, 5, 1], [12, 8, 1], [9, 25, 1], [33, 3, 1], [1, 6, 1], [6, 1, 1], [5, 4, 3], [8, 9, 6]])
    func `the convolution is the sum over all pairs of cells`(size: [Int]) throws {
        let mesh = try FilmMesh(nx: size[0], ny: size[1], nz: size[2], cellSize_m: SIMD3(4e-9, 5e-9, 3e-9))
        let filled = (0..<mesh.cells).map { $0 % 7 != 3 || $0 == 0 }
        let film = try film(mesh, filled: filled)
        film.terms = []
        let field = VectorField<Double>(mesh)
        film.setEffectiveField(of: film.m, time_s: 0, into: field)
        let tensor = NewellTensor(cellSize: mesh.cellSize_m)
        for i in 0..<mesh.cells {
            var sum = SIMD3<Double>.zero
            for j in 0..<mesh.cells {
                func place(_ k: Int) -> (Int, Int, Int) { (k % mesh.nx, k / mesh.nx % mesh.ny, k / (mesh.nx * mesh.ny)) }
                let (a, b) = (place(i), place(j))
                let n = tensor.at(a.0 - b.0, a.1 - b.1, a.2 - b.2)
                let m = film.m[j] * material.saturation_Apm
                sum.x -= n.xx * m.x + n.xy * m.y + n.xz * m.z
                sum.y -= n.xy * m.x + n.yy * m.y + n.yz * m.z
                sum.z -= n.xz * m.x + n.yz * m.y + n.zz * m.z
            }
            let d = field[i] - sum
            #expect((d * d).sum().squareRoot() < 1e-12 * material.saturation_Apm)
        }
    }

    @Test func `exchange of a spin wave is that of the discrete Laplacian`() throws {
        // m_y = ε cos(k (i + ½)) fits free edges; its field is −2A/(μ₀MsΔ²) · 2 (1 − cos k) m_y.
        let mesh = try FilmMesh(nx: 16, ny: 1, cellSize_m: SIMD3(repeating: 4e-9))
        let film = try ContinuumFilm<Double>(mesh: mesh, material: material, includesDemagnetisation: false)
        let k = Double.pi * 3 / 16
        for i in 0..<16 { film.m[i] = SIMD3(1, 1e-3 * cos(k * (Double(i) + 0.5)), 0) }
        let field = VectorField<Double>(mesh)
        film.setEffectiveField(of: film.m, time_s: 0, into: field)
        let factor = -2 * 1.1e-11 / (4 * Double.pi * 1e-7 * 6e5 * 16e-18) * 2 * (1 - cos(k))
        for i in 0..<16 { #expect(abs(field[i].y - factor * film.m[i].y) < 1e-7) }
    }

    @Test func `every term's field is the slope of its energy`() throws {
        var rich = material
        (rich.uniaxial_Jpm3, rich.uniaxialAxis, rich.cubic_Jpm3) = (3e4, SIMD3(1, 2, 3), -2e4)
        let mesh = try FilmMesh(nx: 5, ny: 4, nz: 2, cellSize_m: SIMD3(4e-9, 5e-9, 3e-9))
        let film = try ContinuumFilm<Double>(mesh: mesh, material: rich)
        var n = 0
        film.setMagnetisation { _ in
            n += 1
            return SIMD3(scattered(n, 0), scattered(n, 1), scattered(n, 2))
        }
        film.applied.uniform = { _ in SIMD3(1e5, -2e5, 5e4) }
        let field = VectorField<Double>(mesh)
        film.setEffectiveField(of: film.m, time_s: 0, into: field)
        let scale = 4 * Double.pi * 1e-7 * 6e5 * mesh.cellVolume_m3
        for (cell, axis) in [(0, 0), (7, 1), (23, 2), (39, 0)] {
            let value = film.m[cell]
            var energies: [Double] = []
            for sign in [-1.0, 1] {
                film.m[cell] = value
                film.m[cell][axis] += sign * 1e-4
                energies.append(film.energy)
            }
            film.m[cell] = value
            let slope = -(energies[1] - energies[0]) / (2e-4 * scale)
            #expect(abs(slope - field[cell][axis]) < 1e-5 * 6e5)
        }
    }

    @Test(arguments: [(5, 1), (30, 1), (33, 2), (100, 8), (1000, 8)])
    func `a small film asks for fewer threads than there are`(edge: Int, threads: Int) throws {
        let mesh = try FilmMesh(nx: edge, ny: edge, cellSize_m: SIMD3(repeating: 4e-9))
        #expect(mesh.usefulThreads(atMost: 8) == threads && mesh.usefulThreads(atMost: 1) == 1)
    }

    /// A film of three shares of sixteen cells: further threads have none, and the worst cell lies in one of the three.
    @Test(arguments: [0, 20, 39])
    func `adaptive steps follow the worst cell, in whichever thread's share it lies and where shares are empty`(worst: Int)
        throws
    {
        func run(_ threads: Int) throws -> (steps: Int, m: [SIMD3<Double>]) {
            let film = try ContinuumFilm<Double>(
                mesh: FilmMesh(nx: 40, ny: 1, cellSize_m: SIMD3(repeating: 4e-9)), material: material,
                includesDemagnetisation: false, threads: threads)
            film.setMagnetisation { _ in SIMD3(1, 0, 0) }
            film.m[worst] = SIMD3(0, 1, 0)
            let report = try film.advance(by: 2e-12, tolerance: 1e-6)
            return (report.steps, (0..<40).map { film.m[$0] })
        }
        let alone = try run(1)
        #expect(alone.steps > 3)
        for threads in [2, 3, 5, 8] {
            let shared = try run(threads)
            #expect(shared.steps == alone.steps && shared.m == alone.m, "\(threads) threads")
        }
    }

    @Test func `a run is the same to the last bit for any number of threads`() throws {
        var ends: [[SIMD3<Double>]] = []
        for threads in [1, 2, 3] {
            let film = try film(FilmMesh(nx: 21, ny: 13, cellSize_m: SIMD3(4e-9, 4e-9, 3e-9)), threads: threads)
            try film.advance(by: 2e-12)
            ends.append((0..<film.mesh.cells).map { film.m[$0] })
        }
        #expect(ends[0] == ends[1] && ends[0] == ends[2])
    }

    @Test func `energy falls when nothing drives the film`() throws {
        let film = try film(FilmMesh(nx: 20, ny: 10, cellSize_m: SIMD3(4e-9, 4e-9, 3e-9)))
        var before = film.energy
        for _ in 0..<40 {
            try film.advance(by: 0.5e-12)
            let now = film.energy
            #expect(now <= before)
            before = now
        }
    }

    @Test(arguments: [ButcherTableau.heun, .rungeKutta4, .dormandPrince])
    func `a spin follows the closed form with the method's order`(method: ButcherTableau) throws {
        #expect(try OneCell.error(method, steps: 2000) < (method.order == 2 ? 1e-5 : 1e-10))
        let order = try OneCell.order(method)
        #expect(order > Double(method.order) - 0.25)
        // Scaling m back to length one cancels the leading error of Dormand–Prince for a single spin (a separate program
        // finds 5.0 without the scaling and above 6 with it), so only the other two are held from above.
        if method.order < 5 { #expect(order < Double(method.order) + 0.25) }
    }

    @Test func `bad films and fields are typed errors`() throws {
        let mesh = try FilmMesh(nx: 4, ny: 4, cellSize_m: SIMD3(repeating: 5e-9))
        #expect(throws: FilmError.self) { try FilmMesh(nx: 0, ny: 4, cellSize_m: SIMD3(repeating: 5e-9)) }
        #expect(throws: FilmError.self) { try FilmMesh(nx: 4, ny: 4, cellSize_m: SIMD3(5e-9, .nan, 5e-9)) }
        #expect(throws: FilmError.self) {
            try ContinuumFilm<Double>(mesh: mesh, material: .permalloy, filled: [Bool](repeating: false, count: 16))
        }
        #expect(throws: FilmError(.shape(name: "mask", expected: 16, found: 3))) {
            try ContinuumFilm<Double>(mesh: mesh, material: .permalloy, filled: [true, true, false])
        }
        let film = try ContinuumFilm<Double>(mesh: mesh, material: .permalloy)
        #expect(throws: FilmError(.notFinite(name: "field per cell", at: 2))) {
            var values = [SIMD3<Double>](repeating: .zero, count: 16)
            values[2].y = .infinity
            try film.applied.addPattern(values)
        }
        #expect(throws: FilmError.self) { try film.advance(steps: 1, timeStep_s: 1e-11) }
    }

    @Test func `a cell above the exchange length is warned of with the numbers`() throws {
        // √(2A/μ₀Ms²) of permalloy is 5.69 nm.
        let mesh = try FilmMesh(nx: 4, ny: 4, cellSize_m: SIMD3(8e-9, 5e-9, 3e-9))
        let warnings = try ContinuumFilm<Double>(mesh: mesh, material: .permalloy).warnings
        #expect(warnings.count == 1 && warnings[0].contains("5.7 nm"))
    }

    @Test func `standard problem 3 at 10 cells is OOMMF's edge`() throws {
        // OOMMF 2.1a0 at N = 10: 8.4026.
        #expect(abs(try StandardProblem3.edge(cells: 10, threads: 2).edge - 8.4026) < 1e-3)
    }

    @Test func `a small particle's coercivity is the analytic one`() throws {
        // Donahue et al. 2000: 0.057069478 in the limit of small particles.
        #expect(abs(try StandardProblem2.coercivity(width: 0.1) - 0.057069478) < 2e-5)
    }
}
