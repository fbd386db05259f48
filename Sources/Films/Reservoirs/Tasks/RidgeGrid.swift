import LinearAlgebra

struct RidgeGrid {
    let x: Matrix<Double>, y: Matrix<Double>
    init(_ x: Matrix<Double>, _ y: Matrix<Double>) { (self.x, self.y) = (x, y) }
    func fits(_ lambdas: [Double]) throws -> [(lambda: Double, weights: Matrix<Double>, intercept: [Double])] {
        let n = Double(x.rows)
        var mx = [Double](repeating: 0, count: x.columns), my = [Double](repeating: 0, count: y.columns)
        for r in 0..<x.rows { for c in 0..<x.columns { mx[c] += x[r, c] } }
        for r in 0..<y.rows { for c in 0..<y.columns { my[c] += y[r, c] } }
        mx = mx.map { $0 / n }; my = my.map { $0 / n }
        var xc = x, yc = y
        for r in 0..<x.rows { for c in 0..<x.columns { xc[r, c] -= mx[c] } }
        for r in 0..<y.rows { for c in 0..<y.columns { yc[r, c] -= my[c] } }
        let t = xc.transposed
        let gram = t.times(xc), cross = t.times(yc)
        return lambdas.compactMap { lambda in
            var a = gram
            for i in 0..<a.rows { a[i, i] += lambda * n }
            guard let w = try? a.choleskySolve(cross) else { return nil }
            let b = (0..<my.count).map { k in my[k] - (0..<mx.count).reduce(0) { $0 + mx[$1] * w[$1, k] } }
            return (lambda, w, b)
        }
    }
}
