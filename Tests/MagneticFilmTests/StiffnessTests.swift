import Foundation
import MagneticFilm
import Testing

/// The bound that fixed steps are checked with and adaptive ones begin at, against the largest eigenvalue of the linearised equation.
@Suite struct StiffnessTests {
    /// Numbers from 0 to 1 by a seed.
    private struct Draw {
        var state: UInt64

        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(UInt64(1) << 53)
        }

        mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * next() }

        mutating func direction() -> SIMD3<Double> {
            SIMD3(between(-1, 1), between(-1, 1), between(-1, 1))
        }
    }

    private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }

    /// The largest |eigenvalue| of δ ↦ δ(m × H) on the vectors perpendicular to m, A/m: the growth of powers.
    private static func largest(_ film: ContinuumFilm<Double>) -> Double {
        let cells = (0..<film.mesh.cells).filter { film.m[$0] != .zero }
        let (m, field) = (VectorField<Double>(film.mesh), VectorField<Double>(film.mesh))
        func torque() -> [SIMD3<Double>] {
            film.setEffectiveField(of: m, time_s: film.time_s, into: field)
            return cells.map { cross(m[$0], field[$0]) }
        }
        let states = cells.map { film.m[$0] }
        for (cell, state) in zip(cells, states) { m[cell] = state }
        let n = cells.count
        var matrix = [[SIMD3<Double>]]()
        for (column, cell) in cells.enumerated() {
            for axis in 0..<3 {
                var sides: [[SIMD3<Double>]] = []
                for sign in [-1.0, 1] {
                    m[cell] = states[column]
                    m[cell][axis] += sign * 1e-5
                    sides.append(torque())
                }
                m[cell] = states[column]
                matrix.append(zip(sides[0], sides[1]).map { ($1 - $0) / 2e-5 })
            }
        }
        func perpendicular(_ v: [SIMD3<Double>]) -> [SIMD3<Double>] { zip(v, states).map { $0 - ($0 * $1).sum() * $1 } }
        var draw = Draw(state: 5)
        var v = perpendicular((0..<n).map { _ in draw.direction() })
        var growth = 0.0
        for power in 0..<700 {
            var w = [SIMD3<Double>](repeating: .zero, count: n)
            for column in 0..<n {
                for axis in 0..<3 where v[column][axis] != 0 {
                    let (factor, entries) = (v[column][axis], matrix[3 * column + axis])
                    for row in 0..<n { w[row] += factor * entries[row] }
                }
            }
            w = perpendicular(w)
            let size = w.reduce(0) { $0 + ($1 * $1).sum() }.squareRoot()
            guard size > 0 else { return 0 }
            if power >= 200 { growth += log(size) }
            v = w.map { $0 / size }
        }
        return exp(growth / 500)
    }

    private static func bound(_ film: ContinuumFilm<Double>) -> Double {
        film.stiffestFrequency_radps / FilmConstants.gyromagneticRatio
    }

    @Test(arguments: 0..<24) func `no eigenvalue is above the bound of a seeded film, and the bound is not far above`(seed: Int)
        throws
    {
        var draw = Draw(state: UInt64(seed) &* 977 &+ 3)
        for _ in 0..<4 { _ = draw.next() }
        let edges = SIMD3(draw.between(1e-9, 6e-9), draw.between(1e-9, 6e-9), draw.between(0.5e-9, 4e-9))
        let copies = seed % 5 == 1 ? SIMD2(1, 0) : SIMD2(0, 0)
        let mesh = try FilmMesh(nx: 4, ny: 3, nz: 1 + seed % 3, cellSize_m: edges, copies: copies)
        func material(_ name: String) -> ContinuumMaterial {
            ContinuumMaterial(
                name: name, saturation_Apm: draw.between(2e5, 1.4e6),
                exchange_Jpm: seed % 7 == 2 ? 0 : draw.between(2e-12, 3e-11),
                uniaxial_Jpm3: seed % 4 == 1 ? draw.between(-5e5, 5e5) : 0, uniaxialAxis: draw.direction(),
                cubic_Jpm3: seed % 4 == 2 ? draw.between(-5e5, 5e5) : 0,
                interfacialDMI_Jpm2: seed % 4 == 3 ? draw.between(-3e-3, 3e-3) : 0, damping: 0.1, source: "made up")
        }
        var regions = try FilmRegions(mesh: mesh, with: material("a"))
        if mesh.nz > 1 {
            try regions.fill(.layer(from_m: 0, to_m: edges.z), with: material("b"))
            try regions.setBoundary(
                0, 1, seed % 2 == 0 ? .factor(draw.between(0, 60)) : .surface(J_Jpm2: draw.between(-2e-3, 2e-3)))
        }
        if seed % 6 == 5 { try regions.addVacancies(fraction: 0.2, seed: UInt64(seed)) }
        let film = try ContinuumFilm<Double>(regions, includesDemagnetisation: seed % 3 != 0)
        if seed % 4 == 0 { film.applied.uniform = { _ in SIMD3(2e6, -1e6, 5e5) } }
        let direction = seed % 4 == 0 ? SIMD3(2, -1, 0.5) : draw.direction()
        film.setMagnetisation { _ in direction }
        let (found, bound) = (Self.largest(film), Self.bound(film))
        #expect(found <= bound * (1 + 1e-6), "seed \(seed): \(found) above \(bound)")
        #expect(bound <= 4 * found, "seed \(seed): bound \(bound), largest \(found)")
    }

    @Test func `a coupling of layers counts as what it is`() throws {
        // Two cells that only RKKY couples: eigenvalues 0 and 2J/(μ0 Ms Δ), whatever A/Δ² would be across the boundary.
        let mesh = try FilmMesh(nx: 1, ny: 1, nz: 2, cellSize_m: SIMD3(5e-9, 5e-9, 0.2e-9))
        var regions = try FilmRegions(mesh: mesh, cells: [0, 1], materials: [.permalloy, .permalloy])
        try regions.setBoundary(0, 1, .surface(J_Jpm2: 1e-4))
        var film = try ContinuumFilm<Double>(regions, includesDemagnetisation: false)
        let rkky = 2 * 1e-4 / (FilmConstants.vacuumPermeability * 8e5 * 0.2e-9)
        #expect(abs(Self.bound(film) / rkky - 1) < 1e-9)
        #expect(abs(Self.largest(film) / rkky - 1) < 1e-6)
        // A factor of 100 multiplies exchange.
        try regions.setBoundary(0, 1, .factor(100))
        film = try ContinuumFilm<Double>(regions, includesDemagnetisation: false)
        let exchange = 2 * 100 * 2 * 1.3e-11 / (FilmConstants.vacuumPermeability * 8e5 * 0.04e-18)
        #expect(abs(Self.bound(film) / exchange - 1) < 1e-9)
        #expect(throws: FilmError.self) {
            try film.advance(steps: 1, timeStep_s: 3 / (exchange * FilmConstants.gyromagneticRatio))
        }
    }

    @Test func `patterns and currents count, too`() throws {
        let mesh = try FilmMesh(nx: 6, ny: 1, cellSize_m: SIMD3(repeating: 4e-9))
        let material = ContinuumMaterial(name: "weak", saturation_Apm: 8e5, exchange_Jpm: 0, damping: 0.1, source: "made up")
        func film() throws -> ContinuumFilm<Double> {
            try ContinuumFilm<Double>(mesh: mesh, material: material, includesDemagnetisation: false)
        }
        let patterned = try film()
        try patterned.applied.addPattern((0..<6).map { SIMD3(Double($0) * 1e5, 0, 0) }) { 2 + $0 }
        #expect(abs(Self.bound(patterned) / Self.largest(patterned) - 1) < 1e-6)
        let across = try film()
        try across.addCurrentAcross(.init(polarisation: 0.6, direction: SIMD3(-1, 0.1, 0), asymmetry: 2, thickness_m: 4e-9)) {
            _ in 1e12
        }
        #expect(Self.bound(across) >= Self.largest(across) && Self.bound(across) <= 4 * Self.largest(across))
        let along = try film()
        try along.addCurrentInPlane(nonAdiabaticity: 0.3) { _ in SIMD3(400, 300, 0) }
        #expect(Self.bound(along) >= Self.largest(along) && Self.bound(along) <= 4 * Self.largest(along))
    }
}
