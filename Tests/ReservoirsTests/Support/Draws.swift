import LinearAlgebra
import Reservoirs

/// Numbers that the scripts in Reference make in the same way.
enum Draws {
    private static func bits(_ seed: UInt64, _ index: Int) -> UInt64 {
        var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    static func uniform(_ seed: UInt64, _ rows: Int, _ columns: Int, _ low: Double, _ high: Double) -> Matrix<Double> {
        Matrix(
            rows: rows, columns: columns,
            values: (0..<rows * columns).map { low + (high - low) * (Double(bits(seed, $0) >> 40) * 0x1p-24) })
    }

    static func integers(_ seed: UInt64, _ count: Int, below bound: UInt64) -> [Int] {
        (0..<count).map { Int((bits(seed, $0) >> 33) % bound) }
    }

    /// The random network of the reference: a tenth of the connections.
    static func connections(_ nodes: Int) -> Matrix<Double> {
        let there = integers(22, nodes * nodes, below: 10).map { $0 == 0 }
        let scale = 0.9 / (Double(nodes) / 30).squareRoot()
        var matrix = uniform(21, nodes, nodes, -1, 1)
        for place in matrix.values.indices { matrix.values[place] = there[place] ? matrix.values[place] * scale : 0 }
        return matrix
    }

    /// t, t², … by repeated products.
    static func powers(_ t: [Double], _ count: Int) -> Matrix<Double> {
        var result = Matrix<Double>(rows: t.count, columns: count)
        for row in t.indices {
            result[row, 0] = t[row]
            for k in 1..<count { result[row, k] = result[row, k - 1] * t[row] }
        }
        return result
    }

    /// 1 / (1 + 4 (t − 0.3)²) and t / (0.5 + t).
    static func curves(_ t: [Double]) -> Matrix<Double> {
        var result = Matrix<Double>(rows: t.count, columns: 2)
        for (row, t) in t.enumerated() {
            let away: Double = t - 0.3
            result[row, 0] = 1 / (1 + 4 * (away * away))
            result[row, 1] = t / (0.5 + t)
        }
        return result
    }

    /// States and targets with an offset: 40 rows, 6 nodes, 2 outputs.
    static func offsetProblem(_ offset: Double) -> (x: Matrix<Double>, y: Matrix<Double>) {
        var (x, y) = (uniform(31, 40, 6, -1, 1), uniform(32, 40, 2, -1, 1))
        for place in x.values.indices { x.values[place] += offset }
        for row in 0..<40 { for k in 0..<2 { y[row, k] = x[row, k] * 0.5 + y[row, k] } }
        return (x, y)
    }
}

extension ReadoutAccumulator {
    /// Takes rows in blocks of some length.
    mutating func add(_ x: Matrix<Double>, _ y: Matrix<Double>, block: Int) throws {
        for begin in stride(from: 0, to: x.rows, by: block) {
            let rows = begin..<min(begin + block, x.rows)
            try add(states: x.rows(rows), targets: y.rows(rows))
        }
    }
}

/// The largest difference of two lists.
func largestDifference(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
    zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
