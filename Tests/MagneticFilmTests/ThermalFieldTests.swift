import Foundation
import MagneticFilm
import Testing

private let boltzmann = 1.380649e-23
private let vacuum = 4 * Double.pi * 1e-7

/// 64 × 64 cubes of 4 nm that do not see each other: as many single spins.
private func spins(anisotropy: Double = 0, field: SIMD3<Double> = .zero, seed: UInt64) throws -> ContinuumFilm<Double> {
    let material = ContinuumMaterial(
        name: "spins", saturation_Apm: 8e5, exchange_Jpm: 0, uniaxial_Jpm3: anisotropy, damping: 1, source: "made up")
    let mesh = try FilmMesh(nx: 64, ny: 64, cellSize_m: SIMD3(repeating: 4e-9))
    let film = try ContinuumFilm<Double>(mesh: mesh, material: material, includesDemagnetisation: false)
    film.applied.uniform = { _ in field }
    try film.setTemperature(300, seed: seed)
    return film
}

/// k_B T / (μ₀ Ms V) of these spins, A/m.
private let thermalField = boltzmann * 300 / (vacuum * 8e5 * 64e-27)

private func normalComponents(_ film: ContinuumFilm<Double>) -> [Double] { (0..<film.mesh.cells).map { film.m[$0].z } }

@Suite struct ThermalFieldTests {
    @Test func `Philox gives the numbers of its authors' known answers`() {
        // kat_vectors of Random123: philox4x32 10.
        #expect(
            Philox.words(.zero, key: .zero) == SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            Philox.words(SIMD4(repeating: .max), key: SIMD2(repeating: .max))
                == SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox.words(
                SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
                == SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `one spin in a field has Boltzmann's distribution`(seed: UInt64) throws {
        let film = try spins(field: SIMD3(0, 0, 2 * thermalField), seed: seed)
        try film.advance(steps: 2000, timeStep_s: 4e-13, method: .heun)
        // p(m_z) ∝ exp(2 m_z).
        let p = kolmogorovSmirnov(normalComponents(film)) { (exp(2 * $0) - exp(-2)) / (exp(2) - exp(-2)) }
        #expect(p > 0.01)
        // Langevin's function.
        let mean = normalComponents(film).reduce(0, +) / 4096
        #expect(abs(mean - (1 / tanh(2.0) - 0.5)) < 4 * 0.45 / 64)
    }

    @Test(arguments: [UInt64(4), 5, 6])
    func `one spin with an easy axis and a field has Boltzmann's distribution`(seed: UInt64) throws {
        // K V = 1.5 k_B T, μ₀ Ms V H = 0.7 k_B T.
        let film = try spins(
            anisotropy: 1.5 * boltzmann * 300 / 64e-27, field: SIMD3(0, 0, 0.7 * thermalField), seed: seed)
        try film.advance(steps: 2500, timeStep_s: 4e-13, method: .heun)
        let p = kolmogorovSmirnov(normalComponents(film), boltzmannDistribution { -1.5 * $0 * $0 - 0.7 * $0 })
        #expect(p > 0.01)
    }

    @Test func `a canary: the wrong temperature is found out`() throws {
        let film = try spins(field: SIMD3(0, 0, 2 * thermalField), seed: 1)
        try film.setTemperature(270, seed: 1)
        try film.advance(steps: 2000, timeStep_s: 4e-13, method: .heun)
        let p = kolmogorovSmirnov(normalComponents(film)) { (exp(2 * $0) - exp(-2)) / (exp(2) - exp(-2)) }
        #expect(p < 1e-3)
    }

    @Test(arguments: [ButcherTableau.heun, .rungeKutta4])
    func `the distribution does not depend on the time step`(method: ButcherTableau) throws {
        for (steps, step) in [(500, 1.6e-12), (4000, 2e-13)] {
            let film = try spins(field: SIMD3(0, 0, 2 * thermalField), seed: 9)
            try film.advance(steps: steps, timeStep_s: step, method: method)
            let p = kolmogorovSmirnov(normalComponents(film)) { (exp(2 * $0) - exp(-2)) / (exp(2) - exp(-2)) }
            #expect(p > 0.01)
        }
    }

    @Test func `every spin wave of a chain has its share of the energy`() throws {
        // 64 rings of 32 cells: rows that are not coupled, each closed by a periodic edge.
        let material = ContinuumMaterial(
            name: "chain", saturation_Apm: 8e5, exchange_Jpm: 2e-13, damping: 0.5, source: "made up")
        let mesh = try FilmMesh(nx: 32, ny: 64, cellSize_m: SIMD3(repeating: 4e-9), copies: SIMD2(1, 0))
        var regions = try FilmRegions(
            mesh: mesh, cells: (0..<mesh.cells).map { $0 / 32 }, materials: [ContinuumMaterial](repeating: material, count: 64))
        for row in 1..<64 { try regions.setBoundary(row - 1, row, .factor(0)) }
        let film = try ContinuumFilm<Double>(regions, includesDemagnetisation: false)
        let field = 4e5
        film.applied.uniform = { _ in SIMD3(0, 0, field) }
        film.setMagnetisation { _ in SIMD3(0, 0, 1) }
        let temperature = 2.0
        try film.setTemperature(temperature, seed: 11)
        var powers = [Double](repeating: 0, count: 17)
        var samples = 0.0
        for _ in 0..<25 {
            try film.advance(steps: 200, timeStep_s: 1e-13, method: .heun)
            for row in 0..<64 {
                for k in 0..<17 {
                    var (real, imaginary) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
                    for i in 0..<32 {
                        let angle = 2 * Double.pi * Double(k * i) / 32
                        real += cos(angle) * film.m[32 * row + i]
                        imaginary += sin(angle) * film.m[32 * row + i]
                    }
                    let square = real * real + imaginary * imaginary
                    powers[k] += (square.x + square.y) / 64
                }
            }
            samples += 64
        }
        for k in 0..<17 {
            // ½ k_B T for each of the transverse components: ⟨|m_k|²⟩ = k_B T / (μ₀ Ms V (H + 4A (1 − cos k)/(μ₀MsΔ²))).
            let stiffness = 4 * 2e-13 / (vacuum * 8e5 * 16e-18) * (1 - cos(2 * .pi * Double(k) / 32))
            let expected = boltzmann * temperature / (vacuum * 8e5 * 64e-27 * (field + stiffness))
            // 3200 values or more, partly of one random number each: 2.5 %.
            #expect(abs(powers[k] / samples / expected - 1) < 0.1)
        }
    }

    @Test func `the random fields are the same for any number of threads and repeat with the seed`() throws {
        var ends: [[SIMD3<Double>]] = []
        for (threads, seed) in [(1, UInt64(5)), (2, 5), (3, 5), (1, 6)] {
            let film = try ContinuumFilm<Double>(
                mesh: FilmMesh(nx: 21, ny: 13, cellSize_m: SIMD3(4e-9, 4e-9, 3e-9)), material: .permalloy, threads: threads)
            try film.setTemperature(300, seed: seed)
            try film.advance(steps: 50, timeStep_s: 5e-14, method: .heun)
            ends.append((0..<film.mesh.cells).map { film.m[$0] })
        }
        #expect(ends[0] == ends[1] && ends[0] == ends[2] && ends[0] != ends[3])
    }

    @Test func `adaptive steps and impossible temperatures are typed errors`() throws {
        let film = try spins(seed: 1)
        #expect(throws: FilmError.self) { try film.advance(by: 1e-12) }
        #expect(throws: FilmError.self) { try film.setTemperature(-1, seed: 1) }
        #expect(throws: FilmError.self) { try film.setTemperature(.nan, seed: 1) }
        #expect(throws: FilmError(.shape(name: "temperature per cell", expected: 4096, found: 2))) {
            try film.setTemperature([1, 2], seed: 1)
        }
        try film.setTemperature(0, seed: 1)
        try film.advance(by: 1e-12)
    }
}
