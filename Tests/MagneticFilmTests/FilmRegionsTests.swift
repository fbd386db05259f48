import Foundation
import MagneticFilm
import Testing

/// Numbers between −1 and 1 that look random and repeat.
private func scattered(_ i: Int, _ k: Int) -> Double { sin(Double(i * 7919 + k * 104729) * 12.9898) }

private func material(
    _ saturation: Double, _ exchange: Double, uniaxial: Double = 0, axis: SIMD3<Double> = SIMD3(0, 0, 1), cubic: Double = 0,
    dmi: Double = 0
) -> ContinuumMaterial {
    ContinuumMaterial(
        name: "test", saturation_Apm: saturation, exchange_Jpm: exchange, uniaxial_Jpm3: uniaxial, uniaxialAxis: axis,
        cubic_Jpm3: cubic, cubicAxes: [SIMD3(1, 1, 0), SIMD3(-1, 1, 0.2)], interfacialDMI_Jpm2: dmi, damping: 0.1,
        source: "made up")
}

@Suite struct FilmRegionsTests {
    @Test func `every term's field is the slope of its energy where materials, layers and holes meet`() throws {
        let mesh = try FilmMesh(nx: 6, ny: 4, nz: 3, cellSize_m: SIMD3(4e-9, 5e-9, 3e-9), copies: SIMD2(0, 1))
        var regions = try FilmRegions(
            mesh: mesh, with: material(6e5, 1.1e-11, uniaxial: 3e4, axis: SIMD3(1, 2, 3), dmi: 1e-3))
        try regions.fill(
            .layer(from_m: 3e-9, to_m: 6e-9), with: material(9e5, 2e-11, uniaxial: -1e5, axis: SIMD3(0, 1, 0), cubic: 4e4))
        try regions.fill(.rectangle(from_m: SIMD2(0, 0), to_m: SIMD2(9e-9, 9e-9)), with: material(3e5, 4e-12, dmi: -2e-3))
        try regions.remove(.ellipse(centre_m: SIMD2(14e-9, 12e-9), radii_m: SIMD2(4e-9, 3e-9)))
        try regions.setBoundary(0, 1, .surface(J_Jpm2: -1e-4))
        try regions.setBoundary(1, 2, .factor(0.5))
        let film = try ContinuumFilm<Double>(regions)
        var n = 0
        film.setMagnetisation { _ in
            n += 1
            return SIMD3(scattered(n, 0), scattered(n, 1), scattered(n, 2))
        }
        film.applied.uniform = { _ in SIMD3(1e5, -2e5, 5e4) }
        let field = VectorField<Double>(mesh)
        film.setEffectiveField(of: film.m, time_s: 0, into: field)
        for cell in 0..<mesh.cells where regions.cells[cell] >= 0 {
            let scale = 4 * Double.pi * 1e-7 * regions.material(cell).saturation_Apm * mesh.cellVolume_m3
            let value = film.m[cell]
            for axis in 0..<3 {
                var energies: [Double] = []
                for sign in [-1.0, 1] {
                    film.m[cell] = value
                    film.m[cell][axis] += sign * 1e-4
                    energies.append(film.energy)
                }
                film.m[cell] = value
                let slope = -(energies[1] - energies[0]) / (2e-4 * scale)
                #expect(abs(slope - field[cell][axis]) < 1e-4 * 6e5)
            }
        }
        for cell in 0..<mesh.cells where regions.cells[cell] < 0 { #expect(film.m[cell] == .zero) }
    }

    @Test func `two layers coupled antiparallel saturate at the field of the closed form`() throws {
        // Energy per area J cos 2θ − 2 μ₀MsH t cos θ: parallel above H = −2J/(μ₀ Ms t).
        let layer = material(8e5, 1e-11)
        let mesh = try FilmMesh(nx: 1, ny: 1, nz: 2, cellSize_m: SIMD3(5e-9, 5e-9, 2e-9))
        var regions = try FilmRegions(mesh: mesh, cells: [0, 1], materials: [layer, layer])
        let coupling = -4e-4
        try regions.setBoundary(0, 1, .surface(J_Jpm2: coupling))
        let film = try ContinuumFilm<Double>(regions, includesDemagnetisation: false)
        let saturation = -2 * coupling / (4 * Double.pi * 1e-7 * 8e5 * 2e-9)
        for fraction in [0.3, 0.7, 1.2] {
            film.setMagnetisation { SIMD3(0.5, $0.z < 2e-9 ? 1 : -1, 0) }
            film.applied.uniform = { _ in SIMD3(fraction * saturation, 0, 0) }
            film.relax(torque_Apm: 1e-4)
            #expect(abs(film.mean.x - min(1, fraction)) < 1e-6)
        }
    }

    @Test func `a coupling of regions that touch nowhere is told`() throws {
        let mesh = try FilmMesh(nx: 2, ny: 2, nz: 3, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9))
        var regions = try FilmRegions(mesh: mesh, with: .permalloy)
        try regions.fill(.layer(from_m: 0, to_m: 3e-9), with: .permalloy)
        try regions.fill(.layer(from_m: 6e-9, to_m: 9e-9), with: .permalloy)
        try regions.setBoundary(0, 1, .surface(J_Jpm2: -1e-3))
        #expect(regions.idleBoundaries.isEmpty)
        #expect(try ContinuumFilm<Double>(regions).warnings.isEmpty)
        try regions.setBoundary(1, 2, .surface(J_Jpm2: -1e-3))
        #expect(regions.idleBoundaries.map { [$0.0, $0.1] } == [[1, 2]])
        #expect(try ContinuumFilm<Double>(regions).warnings.first?.contains("touch nowhere") == true)
    }

    @Test func `exchange across an interface is the harmonic mean`() throws {
        let mesh = try FilmMesh(nx: 2, ny: 1, cellSize_m: SIMD3(repeating: 4e-9))
        let regions = try FilmRegions(mesh: mesh, cells: [0, 1], materials: [material(8e5, 1e-11), material(4e5, 3e-11)])
        let film = try ContinuumFilm<Double>(regions, includesDemagnetisation: false)
        film.m[0] = SIMD3(1, 0, 0)
        film.m[1] = SIMD3(0, 1, 0)
        let field = VectorField<Double>(mesh)
        film.setEffectiveField(of: film.m, time_s: 0, into: field)
        // 2 · 1 · 3 / (1 + 3) = 1.5.
        for (cell, saturation) in [(0, 8e5), (1, 4e5)] {
            let expected = 2 * 1.5e-11 / (4 * Double.pi * 1e-7 * saturation * 16e-18)
            #expect(abs(field[cell][1 - cell] - expected) < 1e-9 * expected)
        }
    }

    @Test func `shapes hold the cells that their areas say`() throws {
        let mesh = try FilmMesh(nx: 200, ny: 100, cellSize_m: SIMD3(1e-9, 1e-9, 1e-9))
        func cells(_ shape: FilmShape) throws -> Double {
            Double(try FilmRegions(mesh: mesh, filling: shape, with: .permalloy).filledCells)
        }
        let ellipse = try FilmShape.ellipse(centre_m: SIMD2(100e-9, 50e-9), radii_m: SIMD2(90e-9, 40e-9))
        #expect(abs(try cells(ellipse) - .pi * 90 * 40) < 60)
        let hole = try FilmShape.ellipse(centre_m: SIMD2(100e-9, 50e-9), radii_m: SIMD2(20e-9, 20e-9))
        #expect(abs(try cells(ellipse.subtracting(hole)) - .pi * (90 * 40 - 400)) < 80)
        let triangle = try FilmShape.polygon([SIMD2(0, 0), SIMD2(200e-9, 0), SIMD2(0, 100e-9)])
        #expect(abs(try cells(triangle) - 10_000) < 101)
        // Turned by a right angle about its centre a rectangle of 120 × 40 is one of 40 × 120, of which 40 × 100 fit.
        let bar = try FilmShape.rectangle(from_m: SIMD2(40e-9, 30e-9), to_m: SIMD2(160e-9, 70e-9))
        #expect(abs(try cells(bar.turned(by_rad: .pi / 2, around_m: SIMD2(100e-9, 50e-9))) - 4000) < 101)
        // A lattice of holes of radius 5 nm at every 20 nm.
        let dots = try FilmShape.ellipse(centre_m: .zero, radii_m: SIMD2(5e-9, 5e-9)).repeated(period_m: SIMD2(20e-9, 20e-9))
        #expect(abs(try cells(.all.subtracting(dots)) - 20_000 + 50 * .pi * 25) < 250)
    }

    @Test func `vacancies and grains repeat with their seed and have the asked sizes`() throws {
        let mesh = try FilmMesh(nx: 128, ny: 128, cellSize_m: SIMD3(repeating: 2e-9))
        var regions = try FilmRegions(mesh: mesh, with: .permalloy)
        try regions.addVacancies(fraction: 0.1, seed: 3)
        // Binomial: 1638 ± 38.
        #expect(abs(regions.filledCells - 14_746) < 160)
        var again = try FilmRegions(mesh: mesh, with: .permalloy)
        try again.addVacancies(fraction: 0.1, seed: 3)
        #expect(again.cells == regions.cells)
        let grains = try regions.addGrains(size_m: 16e-9, seed: 7, boundary: .factor(0.8)) { material, u in
            var grain = material
            (grain.uniaxial_Jpm3, grain.uniaxialAxis) = (1e4, SIMD3(cos(2 * .pi * u.x), sin(2 * .pi * u.x), 0))
            return grain
        }
        #expect(grains == 256)
        #expect(regions.materials.count <= 256 && regions.materials.count > 240)
        // Every cell belongs to the nearest of 256 points: areas add up and no grain is larger than a few times the mean.
        var areas = [Int](repeating: 0, count: regions.materials.count)
        for region in regions.cells where region >= 0 { areas[Int(region)] += 1 }
        #expect(areas.min()! > 0 && areas.max()! < 64 * 6)
        let film = try ContinuumFilm<Double>(regions, includesDemagnetisation: false)
        #expect(film.terms.contains { $0 is UniaxialAnisotropyTerm<Double> })
    }

    @Test func `shapes and regions that cannot be are typed errors`() throws {
        let mesh = try FilmMesh(nx: 4, ny: 4, cellSize_m: SIMD3(repeating: 5e-9))
        #expect(throws: FilmError.self) { try FilmShape.ellipse(centre_m: .zero, radii_m: SIMD2(1e-9, 0)) }
        #expect(throws: FilmError(.notFinite(name: "corner", at: 1))) {
            try FilmShape.polygon([.zero, SIMD2(1, .infinity), SIMD2(1, 1)])
        }
        #expect(throws: FilmError.self) { try FilmShape.polygon([.zero, SIMD2(1, 1)]) }
        #expect(throws: FilmError.self) {
            let far = try FilmShape.ellipse(centre_m: SIMD2(1, 1), radii_m: SIMD2(1e-9, 1e-9))
            _ = try FilmRegions(mesh: mesh, filling: far, with: .permalloy)
        }
        #expect(throws: FilmError.self) {
            try FilmRegions(mesh: mesh, cells: [Int](repeating: 1, count: 16), materials: [.permalloy])
        }
        var regions = try FilmRegions(mesh: mesh, with: .permalloy)
        #expect(throws: FilmError.self) { try regions.remove(.all) }
        #expect(throws: FilmError.self) { try regions.addVacancies(fraction: 1, seed: 1) }
        #expect(throws: FilmError.self) { try regions.setBoundary(0, 5, .factor(1)) }
        #expect(throws: FilmError.self) { try regions.addGrains(size_m: 1e-9, seed: 1) { material, _ in material } }
        #expect(throws: FilmError.self) {
            var wrong = ContinuumMaterial.permalloy
            wrong.cubicAxes = [SIMD3(1, 0, 0), SIMD3(2, 0, 0)]
            _ = try FilmRegions(mesh: mesh, with: wrong)
        }
    }
}
