import Glibc

/// The demagnetising tensor against direct numerical integration, its trace and the dipole's far field.
enum DemagTensorChecks {
    static let group = FilmCheckGroup("demagnetising tensor", seconds: 0.3, isQuick: true) { _ in
        let size = SIMD3(5.0, 4, 3)
        let tensor = NewellTensor(cellSize: size)
        var checks = [
            FilmCheck(
                "demag: trace on itself, cell 5 × 4 × 3", tensor.at(0, 0, 0).trace, reference: 1, tolerance: 1e-13,
                source: "Maxwell: N_xx + N_yy + N_zz = 1 inside")
        ]
        for (x, y, z) in [(1, 0, 0), (2, 1, 0), (40, 7, 0), (10_000, 3, 0)] {
            let value = tensor.at(x, y, z)
            checks.append(
                FilmCheck(
                    "demag: trace at (\(x), \(y), \(z)) over the largest component", value.trace / largest(value), reference: 0,
                    tolerance: 1e-11, source: "Maxwell: N_xx + N_yy + N_zz = 0 outside"))
        }
        for (x, y, z) in [(2, 0, 0), (0, 3, 1), (7, 1, 0)] {
            let direct = betweenFaces(SIMD3(Double(x), Double(y), Double(z)) * size, size)
            checks.append(
                FilmCheck(
                    "demag: N_xx at (\(x), \(y), \(z))", tensor.at(x, y, z).xx, reference: direct, tolerance: 1e-10,
                    source: "sum over charges on the faces, Gauss–Legendre"))
        }
        for (x, y, z) in [(20, 5, 0), (10_000, 3, 0)] {
            let r = SIMD3(Double(x), Double(y), Double(z)) * size
            for axis in 0..<2 {
                let direct = betweenVolumes(r, size, axis)
                let value = tensor.at(x, y, z)
                checks.append(
                    FilmCheck(
                        "demag: \(axis == 0 ? "N_xx" : "N_yy") at (\(x), \(y), \(z)) over the direct integral",
                        (axis == 0 ? value.xx : value.yy) / direct, reference: 1, tolerance: 1e-12,
                        source: "dipoles in both volumes, Gauss–Legendre in six dimensions"))
            }
        }
        return checks
    }

    private static func largest(_ n: NewellTensor.Components) -> Double { max(abs(n.xx), abs(n.yy), abs(n.zz)) }

    /// N_xx as the energy of charges ±1 on the faces ±x of both cells: Σ ± (face² / 4πV) ⟨1/r⟩.
    static func betweenFaces(_ r: SIMD3<Double>, _ size: SIMD3<Double>) -> Double {
        let (points, weights) = TriangularQuadrature.gaussLegendre(16)
        var sum = 0.0
        for target in [-0.5, 0.5] {
            for source in [-0.5, 0.5] {
                let x = r.x + (target - source) * size.x
                for (a, wa) in zip(points, weights) {
                    for (b, wb) in zip(points, weights) {
                        let y = r.y + (a - b) / 2 * size.y
                        for (c, wc) in zip(points, weights) {
                            for (d, wd) in zip(points, weights) {
                                let z = r.z + (c - d) / 2 * size.z
                                let weight = wa * wb * wc * wd / 16
                                sum += (target == source ? 1 : -1) * weight / (x * x + y * y + z * z).squareRoot()
                            }
                        }
                    }
                }
            }
        }
        return sum * size.y * size.z / (4 * .pi * size.x)
    }

    /// N_xx or N_yy as the mean of the dipole field of all points of one cell at all points of the other.
    static func betweenVolumes(_ r: SIMD3<Double>, _ size: SIMD3<Double>, _ axis: Int) -> Double {
        let (points, weights) = TriangularQuadrature.gaussLegendre(4)
        var pairs = [[(Double, Double)]](repeating: [], count: 3)
        for k in 0..<3 {
            for (a, wa) in zip(points, weights) {
                for (b, wb) in zip(points, weights) { pairs[k].append((r[k] + (a - b) / 2 * size[k], wa * wb / 4)) }
            }
        }
        var sum = 0.0
        for (x, wx) in pairs[0] {
            for (y, wy) in pairs[1] {
                for (z, wz) in pairs[2] {
                    let square = x * x + y * y + z * z
                    let along = axis == 0 ? x : y
                    sum += wx * wy * wz * (square - 3 * along * along) / (square * square * square.squareRoot())
                }
            }
        }
        return sum * size.x * size.y * size.z / (4 * .pi)
    }
}
