import Glibc

/// The demagnetising tensor between two equal, uniformly magnetised, rectangular cells.
///
/// `H(i) = −Σ_j N(r_i − r_j) M(j)`; N is symmetric, its trace is 1 for a cell on itself and 0 for any other pair.
///
/// Close to the source Newell's closed form is used. It is a sixth difference of functions that grow as the cube of the
/// distance while the tensor falls as its inverse cube, so in double precision it loses about six digits per decade of
/// distance. From where the cells are clear of each other the equivalent average
///
///     N(R) = −(V / 4π) ⟨∇∇ 1/|R + s|⟩,   s_x, s_y, s_z with triangular densities of half-widths Δx, Δy, Δz
///
/// is taken by Gauss quadrature with as many points as the distance asks for. Nothing cancels in it, so the relative error
/// stays at rounding at any distance, and no crossover to an asymptotic series has to be tuned.
///
/// Source: A. J. Newell, W. Williams, D. J. Dunlop, J. Geophys. Res. 98 (1993) 9551, equations 27 and 32 (closed form); the
/// average is the definition, their equation 16.
public struct NewellTensor: Sendable {
    /// xx, yy, zz, xy, xz, yz.
    public struct Components: Equatable, Sendable {
        public var xx = 0.0
        public var yy = 0.0
        public var zz = 0.0
        public var xy = 0.0
        public var xz = 0.0
        public var yz = 0.0

        public var trace: Double { xx + yy + zz }

        static func += (a: inout Components, b: Components) {
            a.xx += b.xx
            a.yy += b.yy
            a.zz += b.zz
            a.xy += b.xy
            a.xz += b.xz
            a.yz += b.yz
        }
    }

    /// Edges of a cell; any unit, the tensor depends on ratios only.
    let size: SIMD3<Double>

    /// - Parameter size: the three edges of a cell, positive, in any one unit.
    public init(cellSize size: SIMD3<Double>) {
        precondition(size.min() > 0, "a cell needs three positive edges")
        // The largest edge becomes 1.
        self.size = size / size.max()
    }

    /// The tensor for a displacement of whole cells.
    public func at(_ x: Int, _ y: Int, _ z: Int) -> Components {
        let displacement = SIMD3(Double(x), Double(y), Double(z)) * size
        // The gap between the cells decides how many points each axis needs.
        var gap = SIMD3<Double>.zero
        for axis in 0..<3 { gap[axis] = max(0, abs(displacement[axis]) - size[axis]) }
        let distance = (gap * gap).sum().squareRoot()
        let counts = (0..<3).map { TriangularQuadrature.count(distance: distance / size[$0]) }
        return counts.max()! <= TriangularQuadrature.countMax
            ? averaged(displacement, counts) : closedForm(displacement)
    }

    /// Newell's closed form.
    func closedForm(_ r: SIMD3<Double>) -> Components {
        Components(
            xx: difference(r.x, r.y, r.z, size.x, size.y, size.z, Self.f),
            yy: difference(r.y, r.x, r.z, size.y, size.x, size.z, Self.f),
            zz: difference(r.z, r.y, r.x, size.z, size.y, size.x, Self.f),
            xy: difference(r.x, r.y, r.z, size.x, size.y, size.z, Self.g),
            xz: difference(r.x, r.z, r.y, size.x, size.z, size.y, Self.g),
            yz: difference(r.y, r.z, r.x, size.y, size.z, size.x, Self.g))
    }

    /// The average over pairs of points, with the given numbers of points along the axes.
    func averaged(_ r: SIMD3<Double>, _ counts: [Int]) -> Components {
        let rules = counts.map { TriangularQuadrature.rules[$0] }
        var sum = Components()
        for (sx, wx) in zip(rules[0].points, rules[0].weights) {
            let x = r.x + sx * size.x
            for (sy, wy) in zip(rules[1].points, rules[1].weights) {
                let y = r.y + sy * size.y
                for (sz, wz) in zip(rules[2].points, rules[2].weights) {
                    let z = r.z + sz * size.z
                    let square = x * x + y * y + z * z
                    let weight = wx * wy * wz / (square * square * square.squareRoot())
                    sum.xx += weight * (y * y + z * z - 2 * x * x)
                    sum.yy += weight * (x * x + z * z - 2 * y * y)
                    sum.zz += weight * (x * x + y * y - 2 * z * z)
                    sum.xy -= weight * 3 * x * y
                    sum.xz -= weight * 3 * x * z
                    sum.yz -= weight * 3 * y * z
                }
            }
        }
        let scale = size.x * size.y * size.z / (4 * .pi)
        return Components(
            xx: sum.xx * scale, yy: sum.yy * scale, zz: sum.zz * scale, xy: sum.xy * scale, xz: sum.xz * scale,
            yz: sum.yz * scale)
    }

    /// −1 / (4πV) times the second difference along each axis.
    private func difference(
        _ x: Double, _ y: Double, _ z: Double, _ dx: Double, _ dy: Double, _ dz: Double,
        _ function: (Double, Double, Double) -> Double
    ) -> Double {
        var sum = 0.0
        for (i, u) in [(-1.0, 1.0), (0, -2), (1, 1)] {
            for (j, v) in [(-1.0, 1.0), (0, -2), (1, 1)] {
                for (k, w) in [(-1.0, 1.0), (0, -2), (1, 1)] {
                    sum += u * v * w * function(x + i * dx, y + j * dy, z + k * dz)
                }
            }
        }
        return -sum / (4 * .pi * dx * dy * dz)
    }

    private static func arsinh(_ a: Double, over square: Double) -> Double {
        square > 0 ? asinh(a / square.squareRoot()) : 0
    }

    private static func arctan(_ a: Double, over b: Double) -> Double { b != 0 ? atan(a / b) : 0 }

    /// Newell's f: ∂²x ∂²y ∂²z f = ∂²x (1/r) up to sign. Factors that vanish with an argument make the guarded values harmless.
    static func f(_ x: Double, _ y: Double, _ z: Double) -> Double {
        let (x2, y2, z2) = (x * x, y * y, z * z)
        let r = (x2 + y2 + z2).squareRoot()
        return y / 2 * (z2 - x2) * arsinh(y, over: x2 + z2) + z / 2 * (y2 - x2) * arsinh(z, over: x2 + y2)
            - x * y * z * arctan(y * z, over: x * r) + (2 * x2 - y2 - z2) * r / 6
    }

    /// Newell's g, for the component xy.
    static func g(_ x: Double, _ y: Double, _ z: Double) -> Double {
        let (x2, y2, z2) = (x * x, y * y, z * z)
        let r = (x2 + y2 + z2).squareRoot()
        return x * y * z * arsinh(z, over: x2 + y2) + y / 6 * (3 * z2 - y2) * arsinh(x, over: y2 + z2)
            + x / 6 * (3 * z2 - x2) * arsinh(y, over: x2 + z2) - z2 * z / 6 * arctan(x * y, over: z * r)
            - z * y2 / 2 * arctan(x * z, over: y * r) - z * x2 / 2 * arctan(y * z, over: x * r) - x * y * r / 3
    }
}
