import Foundation
import MagneticFilm
import Testing

/// The dipole field by visiting atoms, straight from the description of the study's program: simple cubic lattice, cells of a
/// given size, averages over atom pairs up to two cell sizes, point dipoles beyond, components below 10⁻¹⁵ Å⁻⁶ dropped.
private struct AtomSums {
    let rows: Int
    let columns: Int
    let size: Double
    var atoms: [[SIMD3<Double>]]
    var centres: [SIMD3<Double>]

    init(
        rows: Int, columns: Int, layers: Int = 1, size: Double = 50, spacing: Double = 3.47,
        margin: Double = 10
    ) {
        self.rows = rows
        self.columns = columns
        self.size = size
        var atoms = [[SIMD3<Double>]](repeating: [], count: rows * columns)
        var x = 0
        while Double(x) * spacing < Double(columns) * size - margin {
            var y = 0
            while Double(y) * spacing < Double(rows) * size - margin {
                for z in 0..<layers {
                    let place = SIMD3(Double(x), Double(y), Double(z)) * spacing
                    atoms[Int(place.y / size) * columns + Int(place.x / size)].append(place)
                }
                y += 1
            }
            x += 1
        }
        self.atoms = atoms
        centres = atoms.map { $0.reduce(SIMD3(0, 0, 0), +) / Double($0.count) }
    }

    /// In tesla at a cell, for the unit vectors `m` and the moment of an atom in J/T.
    func field(at cell: Int, _ m: [SIMD3<Double>], moment: Double) -> SIMD3<Double> {
        var total = SIMD3(0.0, 0.0, 0.0)
        for other in m.indices {
            var tensor = [SIMD3<Double>](repeating: .zero, count: 3)
            func add(_ r: SIMD3<Double>, _ weight: Double) {
                let distance = (r * r).sum().squareRoot()
                let unit = r / distance
                for axis in 0..<3 {
                    var row = 3 * unit[axis] * unit
                    row[axis] -= 1
                    tensor[axis] += row / (distance * distance * distance) * weight
                }
            }
            let r = centres[other] - centres[cell]
            if cell == other || (r * r).sum().squareRoot() / size <= 2 {
                let weight = 1 / Double(atoms[cell].count * atoms[other].count)
                for a in atoms[cell] { for b in atoms[other] where a != b { add(b - a, weight) } }
            } else {
                add(r, 1)
            }
            for axis in 0..<3 {
                for k in 0..<3 where tensor[axis][k] * tensor[axis][k] < 1e-15 { tensor[axis][k] = 0 }
                total[axis] += (tensor[axis] * m[other]).sum() * Double(atoms[other].count)
            }
        }
        // μ₀/4π in T m/A, and Å⁻³.
        return total * moment * 1e-7 * 1e30
    }
}

@Suite struct MacroCellDipoleTests {
    private static func directions(_ count: Int) -> [SIMD3<Double>] {
        (0..<count).map { cell in
            let angle = Double((cell * 37) % 101) * 0.0628
            let z = Double((cell * 53) % 17) / 8.5 - 1
            return SIMD3(cos(angle) * (1 - z * z).squareRoot(), sin(angle) * (1 - z * z).squareRoot(), z)
        }
    }

    private static func film<Scalar: MacroCellScalar>(
        _ scalar: Scalar.Type, rows: Int, columns: Int, layers: Int = 1, _ set: InstructionSet = .best
    ) throws -> MacroCellFilm<Scalar> {
        var configuration = MacroCellFilmConfiguration(
            rows: rows, columns: columns, material: .cobalt, damping: 0.1)
        if layers > 1 {
            var extent = configuration.actualExtent
            extent.z_m = Double(layers - 1) * 3.47e-10 + 1e-11
            configuration.extent = extent
        }
        let film = try MacroCellFilm<Scalar>(configuration, instructionSet: set)
        for (cell, m) in directions(rows * columns).enumerated() { film.setMagnetisation(m, cell: cell) }
        film.refreshField()
        return film
    }

    @Test(arguments: [(3, 3, 1), (2, 7, 1), (1, 20, 1), (3, 4, 5), (24, 40, 1)])
    func `the dipole field is the sum over atoms`(rows: Int, columns: Int, layers: Int) throws {
        let film = try Self.film(Double.self, rows: rows, columns: columns, layers: layers)
        let sums = AtomSums(rows: rows, columns: columns, layers: layers)
        #expect(sums.atoms.map { $0.count } == film.atoms)
        let m = Self.directions(rows * columns)
        let moment = FilmMaterial.cobalt.moment_muB * 9.27400915e-24
        // Corners, edges and the middle; all cells of a small film.
        let all = rows * columns
        let cells =
            all <= 20 ? Array(0..<all) : [0, 5, columns - 1, all / 2 + columns / 2, all - columns, all - 2]
        for cell in cells {
            let expected = sums.field(at: cell, m, moment: moment)
            let error = film.heldField(cell: cell) - expected
            // Fields are up to 0.2 T.
            #expect((error * error).sum().squareRoot() < 1e-13)
        }
    }

    @Test func `single precision gives the dipole field to 1e-7 T`() throws {
        let (double, single) = (
            try Self.film(Double.self, rows: 12, columns: 9), try Self.film(Float.self, rows: 12, columns: 9)
        )
        for cell in 0..<108 {
            let error = double.heldField(cell: cell) - single.heldField(cell: cell)
            #expect((error * error).sum().squareRoot() < 1e-7)
        }
    }

    @Test(.enabled(if: InstructionSet.best >= .avx2, "needs AVX2"))
    func `instruction sets with fused products give the same bits, the baseline the same up to rounding`()
        throws
    {
        func run<Scalar: MacroCellScalar>(_ scalar: Scalar.Type, _ set: InstructionSet) throws -> [SIMD3<
            Double
        >] {
            let film = try Self.film(Scalar.self, rows: 9, columns: 21, set)
            film.addDrive { _, cell in Scalar((cell * 29) % 13) / 65 }
            film.advance(steps: 100)
            film.refreshField()
            film.advance(steps: 50)
            return (0..<film.cells).map { film.magnetisation(cell: $0) }
        }
        let fused = InstructionSet.available.filter { $0 >= .avx2 }
        for set in fused.dropFirst() {
            #expect(try run(Float.self, set) == run(Float.self, fused[0]))
            #expect(try run(Double.self, set) == run(Double.self, fused[0]))
        }
        for (a, b) in zip(try run(Double.self, .baseline), try run(Double.self, .best)) {
            #expect(((a - b) * (a - b)).sum().squareRoot() < 1e-12)
        }
    }

    @Test func `a large film takes the same steps in one sweep as a small one in two`() throws {
        // 90 × 90 cells leave the cache for which the loops are fused; without dipoles a cell far from the edge cannot know.
        let side = 90
        var configuration = MacroCellFilmConfiguration(
            rows: side, columns: side, material: .nickel, damping: 0.2, includesDipoles: false)
        configuration.cellSize_m = 14 * 3.47e-10
        func extent(_ side: Int) -> MacroCellFilmConfiguration.Extent {
            let length = 14 * 3.47e-10 * Double(side) - 1e-10
            return .init(x_m: length, y_m: length, z_m: 1e-11)
        }
        configuration.extent = extent(90)
        let large = try MacroCellFilm<Double>(configuration)
        configuration.rows = 21
        configuration.columns = 21
        configuration.extent = extent(21)
        let small = try MacroCellFilm<Double>(configuration)
        func value(_ i: Int, _ j: Int) -> Double { Double((i * 31 + j * 17) % 23) / 23 - 0.4 }
        large.refreshField()
        small.refreshField()
        large.addDrive { _, cell in value(cell % 90 - 30, cell / 90 - 30) }
        small.addDrive { _, cell in value(cell % 21, cell / 21) }
        // A disturbance from the edge goes two cells per step.
        large.advance(steps: 4)
        small.advance(steps: 4)
        for j in 9...11 {
            for i in 9...11 {
                #expect(
                    small.magnetisation(cell: j * 21 + i) == large.magnetisation(cell: (j + 30) * 90 + i + 30)
                )
            }
        }
    }
}
