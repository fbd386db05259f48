import Glibc

/// The atoms of a one-layer film on a simple cubic lattice, sorted into square macro-cells.
///
/// A film of n × n cells of size d is (n·d − 1 nm) wide, as in the founding study; an atom belongs to the cell that its
/// position falls into, so cells may differ by one row of atoms.
struct MacroCellLattice {
    let rows: Int
    let columns: Int
    /// Number of atoms along x in each column of cells, along y in each row.
    let atomsX: [Int]
    let atomsY: [Int]
    /// Position of the first atom of each column and row of cells, in metre.
    private let firstX: [Double]
    private let firstY: [Double]
    private let spacing: Double

    init(rows: Int, columns: Int, cellSize: Double, spacing: Double) {
        func split(_ cells: Int) -> (counts: [Int], first: [Double]) {
            let extent = Double(cells) * cellSize - 1e-9
            let atoms = Int((extent / spacing).rounded(.down)) + 1
            var counts = [Int](repeating: 0, count: cells)
            var first = [Double](repeating: 0, count: cells)
            for atom in 0..<atoms {
                let position = Double(atom) * spacing
                let cell = min(cells - 1, Int(position / cellSize))
                if counts[cell] == 0 { first[cell] = position }
                counts[cell] += 1
            }
            return (counts, first)
        }
        let x = split(columns)
        let y = split(rows)
        self.rows = rows
        self.columns = columns
        self.spacing = spacing
        atomsX = x.counts
        atomsY = y.counts
        firstX = x.first
        firstY = y.first
    }

    var cells: Int { rows * columns }

    func atoms(_ cell: Int) -> Int { atomsX[cell % columns] * atomsY[cell / columns] }

    /// The centre of a cell's atoms, in metre.
    private func centre(_ cell: Int) -> (x: Double, y: Double) {
        let (i, j) = (cell % columns, cell / columns)
        return (
            firstX[i] + Double(atomsX[i] - 1) / 2 * spacing, firstY[j] + Double(atomsY[j] - 1) / 2 * spacing
        )
    }

    /// The dipole coupling of two cells: xx, xy, yy and zz components of ⟨(3 r̂ r̂ᵀ − 1)/r³⟩ in m⁻³; the others are zero
    /// in one plane.
    ///
    /// Centres up to `nearDistance` apart (and a cell with itself) are averaged over all pairs of atoms, farther ones
    /// are point dipoles. Entries whose square is below 10⁻¹⁵ Å⁻⁶ count as zero, each for itself, as in the study's
    /// program; where only some are dropped the tensor has a trace.
    func dipole(_ a: Int, _ b: Int, nearDistance: Double) -> (xx: Double, xy: Double, yy: Double, zz: Double) {
        let (ax, ay) = centre(a)
        let (bx, by) = centre(b)
        let (dx, dy) = (bx - ax, by - ay)
        let distance = (dx * dx + dy * dy).squareRoot()
        var sum = (xx: 0.0, xy: 0.0, yy: 0.0)
        if a == b || distance <= nearDistance {
            sum = atomAverage(a, b)
        } else {
            let r5 = distance * distance * distance * distance * distance
            sum = (
                (3 * dx * dx - distance * distance) / r5, 3 * dx * dy / r5, (3 * dy * dy - distance * distance) / r5
            )
        }
        // 10⁻¹⁵ Å⁻⁶ = 10⁴⁵ m⁻⁶.
        func kept(_ value: Double) -> Double { value * value < 1e45 ? 0 : value }
        return (kept(sum.xx), kept(sum.xy), kept(sum.yy), kept(-sum.xx - sum.yy))
    }

    /// Mean over all pairs of atoms; along each axis equal differences are counted instead of visited.
    private func atomAverage(_ a: Int, _ b: Int) -> (xx: Double, xy: Double, yy: Double) {
        let (ia, ja, ib, jb) = (a % columns, a / columns, b % columns, b / columns)
        let stepsX = differences(firstX[ia], atomsX[ia], firstX[ib], atomsX[ib])
        let stepsY = differences(firstY[ja], atomsY[ja], firstY[jb], atomsY[jb])
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for (dx, nx) in stepsX {
            for (dy, ny) in stepsY {
                let r2 = dx * dx + dy * dy
                if r2 < 1e-24 { continue }
                let weight = nx * ny / (r2 * r2 * r2.squareRoot())
                xx += weight * (3 * dx * dx - r2)
                xy += weight * 3 * dx * dy
                yy += weight * (3 * dy * dy - r2)
            }
        }
        let pairs = Double(atoms(a) * atoms(b))
        return (xx / pairs, xy / pairs, yy / pairs)
    }

    private func differences(_ firstA: Double, _ countA: Int, _ firstB: Double, _ countB: Int) -> [(Double, Double)] {
        (-(countA - 1)...(countB - 1)).map { step in
            // Pairs (p, q) with q − p = step, 0 ≤ p < countA, 0 ≤ q < countB.
            let low = max(0, -step)
            let high = min(countA - 1, countB - 1 - step)
            return (firstB - firstA + Double(step) * spacing, Double(max(0, high - low + 1)))
        }.filter { $0.1 > 0 }
    }
}
