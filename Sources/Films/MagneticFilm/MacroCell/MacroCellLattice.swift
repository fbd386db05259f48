import Glibc

/// One direction of a film on a simple cubic lattice: which atoms belong to which macro-cell.
///
/// Positions are in ångström, as in the study's program: 4 × 3.47 Å and its like are then rounded in the same way, and an atom
/// on the border of two cells goes to the same side.
struct MacroCellAxis: Equatable {
    /// Atoms of each cell; a cell beyond the last atom has none.
    let counts: [Int]
    /// Index of each cell's first atom.
    let first: [Int]

    /// - Parameter extent: an atom lies in the film when its position is below this.
    init(extent: Double, cellSize: Double, spacing: Double) {
        let cells = max(1, Int(((extent + 0.01) / cellSize).rounded(.up)))
        var counts = [Int](repeating: 0, count: cells)
        var first = [Int](repeating: 0, count: cells)
        var atom = 0
        while Double(atom) * spacing < extent {
            let cell = min(cells - 1, Int((Double(atom) * spacing + 0.0001) / cellSize))
            if counts[cell] == 0 { first[cell] = atom }
            counts[cell] += 1
            atom += 1
        }
        self.counts = counts
        self.first = first
    }

    /// Number of cells that the study's program makes of an extent.
    static func cells(extent: Double, cellSize: Double) -> Int {
        Int(((extent + 0.01) / cellSize).rounded(.up))
    }

    /// Position of a cell's centre in half lattice constants.
    func centre(_ cell: Int) -> Int { 2 * first[cell] + counts[cell] - 1 }

    /// How the cells `a` and `b` lie to each other; equal pairs have equal couplings.
    func pair(_ a: Int, _ b: Int) -> Pair {
        Pair(distance: centre(b) - centre(a), atomsA: counts[a], atomsB: counts[b])
    }

    struct Pair: Hashable {
        /// Of the centres, in half lattice constants, from a to b.
        var distance: Int
        var atomsA: Int
        var atomsB: Int

        /// The differences of position of all pairs of atoms, in half lattice constants, with how often each occurs.
        var differences: [(Double, Double)] {
            (-(atomsA - 1)...(atomsB - 1)).compactMap { step in
                // Pairs (p, q) with q − p = step, 0 ≤ p < atomsA, 0 ≤ q < atomsB.
                let low = max(0, -step)
                let high = min(atomsA - 1, atomsB - 1 - step)
                guard high >= low else { return nil }
                return (Double(distance + atomsA - atomsB + 2 * step), Double(high - low + 1))
            }
        }
    }
}

/// The atoms of a film on a simple cubic lattice, sorted into square macro-cells that span its whole thickness.
struct MacroCellLattice {
    let x: MacroCellAxis
    let y: MacroCellAxis
    /// Layers of atoms.
    let layers: Int
    private let spacing: Double
    private let cellSize: Double
    private let nearDistance: Double

    /// - Parameters:
    ///   - extentX, extentY, extentZ, cellSize, spacing: ångström.
    ///   - nearDistance: of centres, in cell sizes, up to which couplings are averaged over atoms.
    init(
        extentX: Double, extentY: Double, extentZ: Double, cellSize: Double, spacing: Double,
        nearDistance: Double = 2
    ) {
        x = MacroCellAxis(extent: extentX, cellSize: cellSize, spacing: spacing)
        y = MacroCellAxis(extent: extentY, cellSize: cellSize, spacing: spacing)
        layers =
            MacroCellAxis(extent: extentZ, cellSize: max(cellSize, extentZ + 1), spacing: spacing).counts[0]
        self.spacing = spacing
        self.cellSize = cellSize
        self.nearDistance = nearDistance
    }

    var columns: Int { x.counts.count }
    var rows: Int { y.counts.count }
    var cells: Int { rows * columns }

    /// Links to nearest neighbours per atom of a cell, on average; `nan` for a cell without atoms.
    func links(_ cell: Int) -> Double {
        let (i, j) = (cell % columns, cell / columns)
        let ends = { (axis: MacroCellAxis, place: Int) -> Int in
            (place == 0 ? 1 : 0) + (axis.counts[(place + 1)...].allSatisfy { $0 == 0 } ? 1 : 0)
        }
        // Two per axis, less those that the atoms on the film's edges lack.
        return 6 - Double(ends(x, i)) / Double(x.counts[i]) - Double(ends(y, j)) / Double(y.counts[j])
            - 2 / Double(layers)
    }

    func atoms(_ cell: Int) -> Int { x.counts[cell % columns] * y.counts[cell / columns] * layers }

    /// Couplings beyond this many cells in one direction are dropped by the rule of ``Coupling``.
    var reach: Int {
        // The largest component of a point dipole at distance r is 2/r³.
        let distance = cbrt(2 / Coupling.least)
        return Int((max(distance / cellSize, nearDistance) + 1).rounded(.up))
    }

    /// The dipole coupling of two cells: components of ⟨(3 r̂ r̂ᵀ − 1)/r³⟩ in Å⁻³; xz and yz are zero by symmetry.
    ///
    /// A component whose square is below 10⁻¹⁵ Å⁻⁶ counts as zero, each for itself, as in the study's program; where only
    /// some are dropped the tensor has a trace.
    struct Coupling: Equatable {
        static var least: Double { 1e-15.squareRoot() }

        var xx = 0.0
        var xy = 0.0
        var yy = 0.0
        var zz = 0.0

        var dropped: Coupling {
            func kept(_ value: Double) -> Double { value * value < 1e-15 ? 0 : value }
            return Coupling(xx: kept(xx), xy: kept(xy), yy: kept(yy), zz: kept(zz))
        }
    }

    /// Whether a coupling is averaged over atoms.
    func isNear(_ x: MacroCellAxis.Pair, _ y: MacroCellAxis.Pair) -> Bool {
        let (dx, dy) = (Double(x.distance) * spacing / 2, Double(y.distance) * spacing / 2)
        return (dx * dx + dy * dy).squareRoot() / cellSize <= nearDistance * (1 + 1e-12)
    }

    /// Cells up to `nearDistance` apart (and a cell with itself) are averaged over all pairs of atoms, farther ones are point
    /// dipoles.
    func coupling(_ x: MacroCellAxis.Pair, _ y: MacroCellAxis.Pair) -> Coupling {
        guard x.atomsA > 0, x.atomsB > 0, y.atomsA > 0, y.atomsB > 0 else { return Coupling() }
        if isNear(x, y) { return atomAverage(x, y).dropped }
        let (dx, dy) = (Double(x.distance) * spacing / 2, Double(y.distance) * spacing / 2)
        let distance = (dx * dx + dy * dy).squareRoot()
        let (r2, r5) = (distance * distance, distance * distance * distance * distance * distance)
        let (xx, yy) = ((3 * dx * dx - r2) / r5, (3 * dy * dy - r2) / r5)
        return Coupling(xx: xx, xy: 3 * dx * dy / r5, yy: yy, zz: -1 / (r2 * distance)).dropped
    }

    /// Mean over all pairs of atoms; along each axis equal differences are counted instead of visited.
    private func atomAverage(_ x: MacroCellAxis.Pair, _ y: MacroCellAxis.Pair) -> Coupling {
        let z = MacroCellAxis.Pair(distance: 0, atomsA: layers, atomsB: layers).differences
        let (xs, ys) = (x.differences, y.differences)
        let half = spacing / 2
        var sum = Coupling()
        for (kx, nx) in xs {
            for (ky, ny) in ys {
                for (kz, nz) in z {
                    let (dx, dy, dz) = (kx * half, ky * half, kz * half)
                    let r2 = dx * dx + dy * dy + dz * dz
                    if r2 == 0 { continue }
                    let weight = nx * ny * nz / (r2 * r2 * r2.squareRoot())
                    sum.xx += weight * (3 * dx * dx - r2)
                    sum.xy += weight * 3 * dx * dy
                    sum.yy += weight * (3 * dy * dy - r2)
                    sum.zz += weight * (3 * dz * dz - r2)
                }
            }
        }
        let pairs = Double(x.atomsA * x.atomsB * y.atomsA * y.atomsB) * Double(layers * layers)
        return Coupling(xx: sum.xx / pairs, xy: sum.xy / pairs, yy: sum.yy / pairs, zz: sum.zz / pairs)
    }
}
