import Glibc
import LinearAlgebra

/// H = −N ∗ M on a mesh by fast Fourier transforms; the tensor is computed in Double and rounded once.
///
/// The tensor is even or odd along every axis, so its transform is real and an octant of it is kept. Free axes are padded
/// with zeros to twice their cells; periodic ones are not padded, and their tensor is summed over the copies of the film.
final class DemagConvolution<Scalar: ContinuumScalar> {
    private let memory: DemagMemory<Scalar>
    /// Transform lengths along x, y and z.
    private let padded: [Int]
    private var scratch: [UnsafeMutablePointer<Scalar>] = []

    /// - Parameter moment: saturation magnetisation per cell, A/m.
    /// - Throws: `FilmError` when a periodic axis has a number of cells that cannot be transformed.
    convenience init(mesh: FilmMesh, moment: ScalarField<Scalar>, threads: Int) throws(FilmError) {
        let padded = try Self.lengths(mesh)
        let groups = (padded[1] / 2 + 1 + 7) / 8
        let tensor = Self.transformedTensor(mesh, padded: padded, groups: groups)
        self.init(mesh: mesh, padded: padded, tensor: tensor, moment: moment, threads: threads)
    }

    private init(
        mesh: FilmMesh, padded: [Int], tensor: [UnsafeMutablePointer<Scalar>], moment: ScalarField<Scalar>, threads: Int
    ) {
        self.padded = padded
        let half = padded[1] / 2
        let groups = (half + 1 + 7) / 8
        let blocks = (mesh.nx + 7) / 8
        let unpack = UnsafeMutablePointer<Scalar>.allocate(capacity: 2 * half + 2)
        for k in 0...half {
            unpack[2 * k] = Scalar(cos(.pi * Double(k) / Double(half)))
            unpack[2 * k + 1] = Scalar(sin(.pi * Double(k) / Double(half)))
        }
        memory = DemagMemory(
            mesh: mesh, plans: [padded[0], half, padded[2]].map { TransformPlan(length: $0) }, unpack: unpack,
            tensor: tensor, moment: moment,
            spectrum: Self.zeros(3 * mesh.nz * 8 * groups * blocks * 16), groups: groups, blocks: blocks)
        for _ in 0..<threads { scratch.append(Self.zeros(Scalar.demagScratch(memory))) }
    }

    deinit {
        for array in memory.tensor + scratch + [memory.unpack, memory.spectrum] { array.deallocate() }
    }

    /// The same tensor in Float, for a film in Double.
    func rounded(_ moment: ScalarField<Float>, threads: Int) -> DemagConvolution<Float> {
        let count = memory.groups * 8 * (padded[0] / 2 + 1) * (padded[2] / 2 + 1)
        let tensor = memory.tensor.map { values in
            let rounded = DemagConvolution<Float>.zeros(count)
            for i in 0..<count { rounded[i] = Float(values[i]) }
            return rounded
        }
        return DemagConvolution<Float>(
            mesh: memory.mesh, padded: padded, tensor: tensor, moment: moment, threads: threads)
    }

    /// On a cache line, for the kernels' vectors.
    private static func zeros(_ count: Int) -> UnsafeMutablePointer<Scalar> {
        let values = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Scalar>.stride, alignment: 64)
            .bindMemory(to: Scalar.self, capacity: count)
        values.initialize(repeating: 0, count: count)
        return values
    }

    /// Overwrites `field` (A/m) with the demagnetising field of the unit vectors `m`.
    func setField(of m: VectorField<Scalar>, into field: VectorField<Scalar>, threads: FilmThreads) {
        let parts = threads.count
        threads.run { part in
            m.withReadPointers { Scalar.transformMoments(memory, $0, scratch[part], part: part, of: parts) }
        }
        threads.run { part in Scalar.convolve(memory, scratch[part], part: part, of: parts) }
        threads.run { part in
            field.withPointers { Scalar.transformField(memory, $0, scratch[part], part: part, of: parts) }
        }
    }

    /// Transform lengths along x, y and z.
    private static func lengths(_ mesh: FilmMesh) throws(FilmError) -> [Int] {
        for (name, cells, copies) in [("nx", mesh.nx, mesh.copies.x), ("ny", mesh.ny, mesh.copies.y)] where copies > 0 {
            guard TransformLengths.isSmooth(cells), name == "nx" || cells.isMultiple(of: 2) else {
                let expected = "a periodic axis needs factors 2, 3 and 5 only, and an even number along y"
                throw FilmError(.outOfRange(name: name, value: Double(cells), expected: expected))
            }
        }
        return [
            mesh.copies.x > 0 ? mesh.nx : TransformLengths.length(atLeast: max(1, 2 * mesh.nx - 1)),
            mesh.copies.y > 0 ? mesh.ny : 2 * TransformLengths.length(atLeast: mesh.ny),
            mesh.nz == 1 ? 1 : TransformLengths.length(atLeast: 2 * mesh.nz - 1),
        ]
    }

    /// The real transform of the tensor for −H, with the scale of the transforms, as `[ky/8][kz][kx][ky%8]`.
    private static func transformedTensor(
        _ mesh: FilmMesh, padded: [Int], groups: Int
    ) -> [UnsafeMutablePointer<Scalar>] {
        let cells = [mesh.nx, mesh.ny, mesh.nz]
        let periodic = [mesh.copies.x > 0, mesh.copies.y > 0, false]
        // Displacements 0 … n − 1 along a free axis, 0 … n/2 along a periodic one.
        let counts = (0..<3).map { periodic[$0] ? cells[$0] / 2 + 1 : cells[$0] }
        let waves = (0..<3).map { padded[$0] / 2 + 1 }
        let values = sampledTensor(mesh, counts: counts)
        // xx yy zz even everywhere; xy odd along x and y, and so on. Two odd axes give the factor (−i)² = −1.
        let odd: [[Bool]] = [
            [false, false, false], [false, false, false], [false, false, false], [true, true, false],
            [true, false, true], [false, true, true],
        ]
        let scale = -1 / Double(4 * (padded[1] / 2) * padded[0] * padded[2])
        return (0..<(mesh.nz == 1 ? 4 : 6)).map { component in
            let matrix = (0..<3).map { axis in
                waveMatrix(
                    length: padded[axis], rows: waves[axis], columns: counts[axis], odd: odd[component][axis],
                    folded: periodic[axis])
            }
            var data = values[component]
            // x: [z y][x] · Wᵀ; y: per z, W · [y][kx]; z: W · [z][ky kx].
            data = product(data, matrix[0], m: counts[2] * counts[1], n: waves[0], k: counts[0], transposeB: true)
            var next: [Double] = []
            for z in 0..<counts[2] {
                let slab = Array(data[(z * counts[1] * waves[0])..<((z + 1) * counts[1] * waves[0])])
                next += product(matrix[1], slab, m: waves[1], n: waves[0], k: counts[1], transposeB: false)
            }
            data = product(matrix[2], next, m: waves[2], n: waves[1] * waves[0], k: counts[2], transposeB: false)
            let sign = odd[component].contains(true) ? -scale : scale
            let target = zeros(groups * 8 * waves[2] * waves[0])
            for kz in 0..<waves[2] {
                for ky in 0..<waves[1] {
                    for kx in 0..<waves[0] {
                        let place = ((ky / 8 * waves[2] + kz) * waves[0] + kx) * 8 + ky % 8
                        target[place] = Scalar(sign * data[(kz * waves[1] + ky) * waves[0] + kx])
                    }
                }
            }
            return target
        }
    }

    private static func product(
        _ a: [Double], _ b: [Double], m: Int, n: Int, k: Int, transposeB: Bool
    ) -> [Double] {
        var c = [Double](repeating: 0, count: m * n)
        Double.gemm(
            transposeA: false, transposeB: transposeB, m: m, n: n, k: k, alpha: 1, a, lda: k, b, ldb: transposeB ? k : n,
            beta: 0, &c, ldc: n)
        return c
    }

    /// Cosines or sines times the number of times that a displacement occurs, `[wave][displacement]`.
    private static func waveMatrix(length: Int, rows: Int, columns: Int, odd: Bool, folded: Bool) -> [Double] {
        var matrix = [Double](repeating: 0, count: rows * columns)
        for k in 0..<rows {
            for j in 0..<columns {
                let angle = 2 * Double.pi * Double(k * j % length) / Double(length)
                let once = j == 0 || (folded && 2 * j == length)
                matrix[k * columns + j] = odd ? (once ? 0 : 2 * sin(angle)) : (once ? 1 : 2) * cos(angle)
            }
        }
        return matrix
    }

    /// The tensor for displacements in the first octant, six arrays `[z][y][x]`.
    private static func sampledTensor(_ mesh: FilmMesh, counts: [Int]) -> [[Double]] {
        let tensor = NewellTensor(cellSize: mesh.cellSize_m)
        let total = counts[0] * counts[1] * counts[2]
        var values = [[Double]](repeating: [Double](repeating: 0, count: total), count: 6)
        for z in 0..<counts[2] {
            for y in 0..<counts[1] {
                for x in 0..<counts[0] {
                    var sum = NewellTensor.Components()
                    for j in -mesh.copies.y...mesh.copies.y {
                        for i in -mesh.copies.x...mesh.copies.x {
                            sum += tensor.at(x + i * mesh.nx, y + j * mesh.ny, z)
                        }
                    }
                    let place = (z * counts[1] + y) * counts[0] + x
                    values[0][place] = sum.xx
                    values[1][place] = sum.yy
                    values[2][place] = sum.zz
                    values[3][place] = sum.xy
                    values[4][place] = sum.xz
                    values[5][place] = sum.yz
                }
            }
        }
        return values
    }
}

extension DemagConvolution<Float> {
    /// The field of a film in Double: transforms and product are in Float, the film's vectors are rounded on the way.
    func setField(of m: VectorField<Double>, into field: VectorField<Double>, threads: FilmThreads) {
        let parts = threads.count
        threads.run { part in
            m.withReadPointers { Float.transformMoments(memory, ofDouble: $0, scratch[part], part: part, of: parts) }
        }
        threads.run { part in Float.convolve(memory, scratch[part], part: part, of: parts) }
        threads.run { part in
            field.withPointers { Float.transformField(memory, ofDouble: $0, scratch[part], part: part, of: parts) }
        }
    }
}
