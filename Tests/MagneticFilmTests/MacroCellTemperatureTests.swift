import Foundation
import MagneticFilm
import Testing

private func configuration(kelvin: Double?, seed: UInt64 = 1, rows: Int = 10) -> MacroCellFilmConfiguration {
    var configuration = MacroCellFilmConfiguration(rows: rows, columns: 10, material: .cobalt, damping: 0.1)
    configuration.temperature = kelvin.map { .init(kelvin: $0, seed: seed) }
    return configuration
}

private func states(_ film: MacroCellFilm<Double>) -> [SIMD3<Double>] {
    (0..<film.cells).map { film.magnetisation(cell: $0) }
}

@Suite struct MacroCellTemperatureTests {
    @Test func `films side by side do what each does alone, bit for bit`() throws {
        let configurations = (0..<5).map { configuration(kelvin: 100 + Double($0), seed: UInt64($0)) }
        let batch = try MacroCellFilm<Float>(array: configurations)
        batch.refreshField()
        batch.advance(steps: 30)
        for (film, configuration) in configurations.enumerated() {
            let alone = try MacroCellFilm<Float>(configuration)
            alone.refreshField()
            alone.advance(steps: 10)
            alone.advance(steps: 20)
            for cell in 0..<100 { #expect(alone.magnetisation(cell: cell) == batch.magnetisation(film: film, cell: cell)) }
        }
    }

    @Test func `a run repeats after a reset, differs with the seed, and at a millionth of a kelvin is that at 0 K`() throws {
        var ends: [[SIMD3<Double>]] = []
        for (kelvin, seed) in [(200.0, UInt64(1)), (200, 1), (200, 2), (1e-6, 1), (nil, 1)] as [(Double?, UInt64)] {
            let film = try MacroCellFilm<Double>(configuration(kelvin: kelvin, seed: seed))
            film.refreshField()
            film.advance(steps: 17)
            film.reset()
            film.refreshField()
            film.advance(steps: 100)
            ends.append(states(film))
        }
        #expect(ends[0] == ends[1] && ends[0] != ends[2])
        for (cold, zero) in zip(ends[3], ends[4]) {
            let d = cold - zero
            #expect((d * d).sum() < 1e-8)
        }
    }

    @Test func `one cell's noise has the strength of the program's formula`() throws {
        // A lone cell of 15 × 15 atoms at half of its T_c, without dipoles: 4 − 4/15 links per atom.
        var alone = configuration(kelvin: nil, rows: 1)
        (alone.columns, alone.includesDipoles, alone.material.anisotropy_J) = (1, false, 0)
        let links = 6 - 2.0 / Double(14) - 2.0 / Double(14) - 2
        let atoms = 14.0 * 14
        _ = (links, atoms)
        let film = try MacroCellFilm<Double>(alone)
        let count = Double(film.atoms[0])
        let side = count.squareRoot()
        let perAtom = 4 - 4 / side
        let critical = 0.8 * alone.material.exchange_J * perAtom / (3 * 1.38064852e-23)
        alone.temperature = .init(kelvin: critical / 2, seed: 3)
        alone.timeStep_s = 1e-15
        // Mean square of the turn in one step: both stages draw anew, so ½ σ² per component.
        let moment = count * alone.material.moment_muB * 9.27400915e-24
        let sigma = 2 * 1.3806503e-23 * critical / 2 * (2 / 3.0 * 0.1 * 0.5) / (moment * 1.76e11 * 1e-15)
        let films = try MacroCellFilm<Double>(
            array: (0..<256).map { seed in
                var one = alone
                one.temperature?.seed = UInt64(seed)
                return one
            })
        var sum = 0.0
        for _ in 0..<20 {
            films.reset()
            films.refreshField()
            for film in 0..<256 { films.setMagnetisation(SIMD3(1, 0, 0), film: film, cell: 0) }
            films.advance(steps: 1)
            for film in 0..<256 {
                let m = films.magnetisation(film: film, cell: 0)
                sum += (m.y * m.y + m.z * m.z) / 2
            }
            break
        }
        let turn = 1.76e11 * 1e-15 / (1 + 0.01).squareRoot()
        let expected = turn * turn * sigma / 2
        // 512 squares of normal numbers: 6 %.
        #expect(abs(sum / 256 / expected - 1) < 0.2)
    }
}
