import Foundation
import MagneticFilm
import Testing

@Suite struct MacroCellFilmTests {
    private func randomised(_ film: MacroCellFilm<Double>) {
        for cell in 0..<film.cells {
            let angle = Double((cell * 37) % 100) * 0.0628
            film.setMagnetisation(SIMD3(cos(angle), sin(angle), Double((cell * 53) % 17) / 8 - 1), cell: cell)
        }
    }

    @Test func `every moment keeps its length`() throws {
        let film = try MacroCellFilm<Double>(MacroCellFilmConfiguration(material: .cobalt, damping: 0.1))
        randomised(film)
        film.refreshField()
        film.addDrive { _, cell in cell % 2 == 0 ? 0.3 : -0.2 }
        film.advance(steps: 2000)
        for cell in 0..<film.cells {
            let m = film.magnetisation(cell: cell)
            #expect(abs((m * m).sum() - 1) < 1e-12)
        }
    }

    @Test(arguments: [FilmMaterial.cobalt, .nickel])
    func `energy falls with damping and without drive`(material: FilmMaterial) throws {
        let film = try MacroCellFilm<Double>(
            MacroCellFilmConfiguration(material: material, damping: 0.3, timeStep_s: 2e-14))
        randomised(film)
        var last = film.energy()
        let first = last
        for _ in 0..<300 {
            film.refreshField()
            film.advance(steps: 5)
            let energy = film.energy()
            #expect(energy <= last + 1e-12 * abs(first))
            last = energy
        }
        #expect(last < first)
    }

    @Test func `films side by side do what each does alone, bit for bit`() throws {
        let configurations = [0.1, 0.4, 0.6].map {
            MacroCellFilmConfiguration(material: .nickel, damping: $0)
        }
        let together = try MacroCellFilm<Float>(array: configurations)
        let drive = (0..<300).map { Float(($0 * 29) % 23) / 23 * 0.1 - 0.05 }
        var states = [Float](repeating: 0, count: 900)
        for _ in 0..<5 {
            drive.withUnsafeBufferPointer { d in
                states.withUnsafeMutableBufferPointer { together.step(drive: d, into: $0) }
            }
        }
        for (index, configuration) in configurations.enumerated() {
            let alone = try MacroCellFilm<Float>(configuration)
            var own = [Float](repeating: 0, count: 300)
            for _ in 0..<5 {
                Array(drive[index * 100..<(index + 1) * 100]).withUnsafeBufferPointer { d in
                    own.withUnsafeMutableBufferPointer { alone.step(drive: d, into: $0) }
                }
            }
            #expect(own == Array(states[index * 300..<(index + 1) * 300]))
        }
    }

    @Test func `the exchange field of the study's record is 0.105043 T`() throws {
        // The study's program prints this value for its record's material and 15 × 15 atoms.
        let film = try MacroCellFilm<Double>(
            MacroCellFilmConfiguration(
                rows: 3, columns: 3, material: FilmRecord.material, damping: 0.1, timeStep_s: 1e-16,
                includesDipoles: false))
        // All moments along x but the east neighbour's along y: B₀ = A (y − x), dm₀/dt has the z part −γ' A.
        film.setMagnetisation(SIMD3(0, 1, 0), cell: 1)
        film.refreshField()
        film.advance(steps: 1)
        let precession = 1.76e11 / (1 + 0.01)
        let slope = (film.magnetisation(cell: 0).z) / 1e-16
        #expect(abs(-slope / precession - 0.105043) < 1e-4)
    }

    @Test func `values out of range are typed errors that name them`() {
        #expect(throws: FilmError(.outOfRange(name: "damping", value: 0, expected: "above 0, at most 10"))) {
            try MacroCellFilm<Float>(MacroCellFilmConfiguration(material: .nickel, damping: 0))
        }
        #expect(throws: FilmError.self) {
            try MacroCellFilm<Float>(
                MacroCellFilmConfiguration(material: .nickel, damping: 0.1, timeStep_s: 1e-10))
        }
        #expect(throws: FilmError(.differentGeometry(film: 1))) {
            try MacroCellFilm<Float>(array: [
                MacroCellFilmConfiguration(material: .nickel, damping: 0.1),
                MacroCellFilmConfiguration(rows: 5, material: .nickel, damping: 0.1),
            ])
        }
    }
}
