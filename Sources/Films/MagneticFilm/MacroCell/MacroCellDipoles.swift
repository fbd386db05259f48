import FilmKernels

/// The dipole couplings of a film, each kept once.
///
/// The study's program drops couplings below a bound, so a cell has a few hundred partners however large the film is. They
/// depend on how the lattice's atoms fall into the cells around; along one direction that repeats, so cells fall into
/// few classes: those whose surroundings look the same. The couplings are kept per pair of a class of columns and a class of
/// rows. The sums are those of the full matrix, without its zeros.
public struct MacroCellDipoles<Scalar: MacroCellScalar>: ~Copyable {
    let rows: Int
    let columns: Int
    let reach: Int
    let columnClasses: Int
    let columnClass: FixedArray<Int32>
    let rowClass: FixedArray<Int32>
    let width: FixedArray<Int32>
    let fromColumn: FixedArray<Int32>
    let fromRow: FixedArray<Int32>
    let height: FixedArray<Int32>
    let start: FixedArray<Int>
    let size: FixedArray<Int>
    let couplings: FixedArray<Scalar>
    /// Number of values that are kept, zeros for filling included.
    let values: Int
    let atoms: FixedArray<Scalar>
    let source: MacroCellMemory<Scalar>.Vector
    private let sources: FixedArray<Scalar>

    /// Couplings in tesla per Bohr magneton of a source atom.
    init(_ lattice: MacroCellLattice) {
        (rows, columns) = (lattice.rows, lattice.columns)
        let (rows, columns) = (rows, columns)
        let reach = min(lattice.reach, max(rows, columns) - 1)
        self.reach = reach
        let widths = Self.widths(lattice, reach: reach)
        let table = Table(lattice)

        let columnKinds = Classes(lattice.x, reach: min(reach, columns - 1))
        let rowKinds = Classes(lattice.y, reach: min(reach, rows - 1))
        columnClasses = columnKinds.members.count
        columnClass = FixedArray(columnKinds.of)
        rowClass = FixedArray(rowKinds.of)
        width = FixedArray(widths.padded.map { Int32($0) })

        // Where a column starts to sum; past the end of a row the couplings are zero.
        let begins = columnKinds.members.map { column in widths.half.map { max(0, column - $0) - column } }
        fromColumn = FixedArray(begins.flatMap { $0.map { Int32($0) } })
        let ranges = rowKinds.members.map { row in max(-reach, -row)...min(reach, rows - 1 - row) }
        fromRow = FixedArray(ranges.map { Int32($0.lowerBound) })
        height = FixedArray(ranges.map { Int32($0.count) })
        let sizes = ranges.map { range in range.reduce(0) { $0 + 4 * widths.padded[$1 + reach] } }
        size = FixedArray(sizes)
        var starts: [Int] = []
        var total = 0
        for size in sizes {
            starts.append(total)
            total += size * columnKinds.members.count
        }
        start = FixedArray(starts)
        values = total

        // μ₀/4π = 10⁻⁷ T m/A and 1 Å⁻³ = 10³⁰ m⁻³.
        let scale = 1e23 * StudyConstants.bohrMagneton
        var couplings = [Scalar](repeating: 0, count: total)
        couplings.withUnsafeMutableBufferPointer { couplings in
            var next = 0
            for (rowKind, row) in rowKinds.members.enumerated() {
                for (columnKind, column) in columnKinds.members.enumerated() {
                    for o in ranges[rowKind] {
                        let width = widths.padded[o + reach]
                        let pairY = lattice.y.pair(row, row + o)
                        for k in 0..<width {
                            let other = column + begins[columnKind][o + reach] + k
                            guard other < columns else { break }
                            let t = table.coupling(lattice.x.pair(column, other), pairY)
                            couplings[next + k] = Scalar(t.xx * scale)
                            couplings[next + width + k] = Scalar(t.xy * scale)
                            couplings[next + 2 * width + k] = Scalar(t.yy * scale)
                            couplings[next + 3 * width + k] = Scalar(t.zz * scale)
                        }
                        next += 4 * width
                    }
                }
            }
        }
        self.couplings = FixedArray(couplings)
        atoms = FixedArray((0..<rows * columns).map { Scalar(lattice.atoms($0)) })
        let plane = rows * columns + (widths.padded.max() ?? 0)
        sources = FixedArray([Scalar](repeating: 0, count: 3 * plane))
        source = .init(x: sources.base, y: sources.base + plane, z: sources.base + 2 * plane)
    }

    /// For each distance of rows the farthest column with a coupling, and the columns to sum over: a multiple of 64 bytes.
    private static func widths(_ lattice: MacroCellLattice, reach: Int) -> (half: [Int], padded: [Int]) {
        let vector = 64 / MemoryLayout<Scalar>.stride
        let limit = Double(lattice.reach)
        let half = (-reach...reach).map { o -> Int in
            // Inside the circle that the reach is the radius of.
            let inside = (limit * limit - Double(o * o)).squareRoot()
            return min(lattice.columns - 1, inside.isNaN ? 0 : Int(inside.rounded(.up)))
        }
        return (half, half.map { (min(2 * $0 + 1, lattice.columns) + vector - 1) / vector * vector })
    }

    /// Couplings by how two cells lie to each other; averages over atoms are made once.
    private final class Table {
        private struct Key: Hashable {
            var x: MacroCellAxis.Pair
            var y: MacroCellAxis.Pair
        }

        private let lattice: MacroCellLattice
        private var known: [Key: MacroCellLattice.Coupling] = [:]

        init(_ lattice: MacroCellLattice) { self.lattice = lattice }

        func coupling(_ x: MacroCellAxis.Pair, _ y: MacroCellAxis.Pair) -> MacroCellLattice.Coupling {
            guard lattice.isNear(x, y) else { return lattice.coupling(x, y) }
            let key = Key(x: x, y: y)
            if let value = known[key] { return value }
            let value = lattice.coupling(x, y)
            known[key] = value
            return value
        }
    }

    /// The cells along one axis, grouped by what lies around them.
    private struct Classes {
        private(set) var of: [Int32] = []
        /// One cell of each class.
        private(set) var members: [Int] = []

        init(_ axis: MacroCellAxis, reach: Int) {
            var known: [[Int]: Int32] = [:]
            let cells = axis.counts.count
            for cell in 0..<cells {
                var surroundings: [Int] = [axis.counts[cell]]
                for other in cell - reach...cell + reach {
                    let exists = other >= 0 && other < cells
                    surroundings.append(exists ? axis.centre(other) - axis.centre(cell) : .max)
                    surroundings.append(exists ? axis.counts[other] : -1)
                }
                let number = known[surroundings] ?? Int32(members.count)
                if Int(number) == members.count {
                    known[surroundings] = number
                    members.append(cell)
                }
                of.append(number)
            }
        }
    }
}
