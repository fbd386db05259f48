import LinearAlgebra
import Reservoirs
import Signals
import Testing

/// Against exact arithmetic and scikit-learn (`Reference/make_readout_values.py`).
struct ReadoutAccumulatorTests {
    private static let lambdas = [1e-3, 0.1, 10]

    private func paths(_ x: Matrix<Double>, _ y: Matrix<Double>, _ lambdas: [Double], block: Int) throws -> [RidgePath] {
        var gram = GramAccumulator(nodes: x.columns, outputs: y.columns)
        var qr = QRAccumulator(nodes: x.columns, outputs: y.columns)
        try gram.add(x, y, block: block)
        try qr.add(x, y, block: block)
        return [try gram.path(lambdas: lambdas), try qr.path(lambdas: lambdas)]
    }

    @Test(arguments: [1, 7, 40])
    func `weights and intercepts are those of scikit-learn, whatever the blocks are`(block: Int) throws {
        let (x, y) = Draws.offsetProblem(0)
        for path in try paths(x, y, Self.lambdas, block: block) {
            for (k, readout) in path.readouts.enumerated() {
                #expect(largestDifference(readout.weights.values, ReadoutValues.scikitWeights[k]) < 1e-12)
                #expect(largestDifference(readout.intercept, ReadoutValues.scikitIntercepts[k]) < 1e-12)
            }
        }
    }

    @Test(arguments: [1, 7, 40])
    func `states on a large offset keep their digits`(block: Int) throws {
        // The states themselves are rounded to 2e-9; the rest must add nothing to that.
        let (x, y) = Draws.offsetProblem(1e7)
        for path in try paths(x, y, Self.lambdas, block: block) {
            for (k, readout) in path.readouts.enumerated() {
                #expect(largestDifference(readout.weights.values, ReadoutValues.offsetWeights[k]) < 1e-12)
                for (a, b) in zip(readout.intercept, ReadoutValues.offsetIntercepts[k]) { #expect(abs(a / b - 1) < 1e-11) }
                #expect(abs(path.effectiveParameters[k] - ReadoutValues.offsetEffectiveParameters[k]) < 1e-11)
                #expect(largestDifference(path.residualSums[k], ReadoutValues.offsetResiduals[k]) < 1e-11)
                #expect(abs(path.generalisedCrossValidation[k] - ReadoutValues.offsetCrossValidation[k]) < 1e-12)
            }
        }
    }

    @Test(arguments: [13, 200])
    func `the QR form predicts exactly where the Gram form has lost the digits`(block: Int) throws {
        #expect(ReadoutValues.powersCondition > 1e12)
        let t = (0..<200).map { (Double($0) + 0.5) / 200 }
        let new = Draws.powers((0..<9).map { (Double($0) + 0.25) / 9 }, 17)
        let both = try paths(Draws.powers(t, 17), Draws.curves(t), ReadoutValues.powersLambdas, block: block)
        let errors = try both.map { path in
            try zip(path.readouts, ReadoutValues.powersPredictions).map { readout, exact in
                zip(try readout.predict(new).values, exact).reduce(0) { max($0, abs($1.0 / $1.1 - 1)) }
            }
        }
        let (gram, qr) = (errors[0], errors[1])
        for error in qr { #expect(error < 1e-6) }
        // λ = 0 and 10⁻²⁰: not so from XᵀX.
        #expect(gram[0] > 1e-6)
        #expect(gram[1] > 1e-6)
    }

    @Test(arguments: [0.0, 300])
    func `merged accumulators are one accumulator of all rows`(offset: Double) throws {
        let (x, y) = Draws.offsetProblem(offset)
        let whole = try paths(x, y, Self.lambdas, block: 40)
        let (first, second) = (0..<15, 15..<40)
        // The second part has another mean in its first block, so another shift.
        var grams = [GramAccumulator(nodes: 6, outputs: 2), GramAccumulator(nodes: 6, outputs: 2)]
        var factors = [QRAccumulator(nodes: 6, outputs: 2), QRAccumulator(nodes: 6, outputs: 2)]
        for (place, rows) in [first, second].enumerated() {
            try grams[place].add(x.rows(rows), y.rows(rows), block: 4)
            try factors[place].add(x.rows(rows), y.rows(rows), block: 4)
        }
        try grams[0].merge(grams[1])
        try factors[0].merge(factors[1])
        #expect(grams[0].samples == 40 && factors[0].samples == 40)
        var empty = GramAccumulator(nodes: 6, outputs: 2)
        try empty.merge(grams[0])
        #expect(empty == grams[0])
        for (a, b) in zip(whole, [try grams[0].path(lambdas: Self.lambdas), try factors[0].path(lambdas: Self.lambdas)]) {
            for (p, q) in zip(a.readouts, b.readouts) {
                #expect(largestDifference(p.weights.values, q.weights.values) < 1e-11)
                #expect(largestDifference(p.intercept, q.intercept) < 1e-8)
            }
            for (p, q) in zip(a.residualSums, b.residualSums) { #expect(largestDifference(p, q) < 1e-9) }
        }
    }

    @Test func `the number of threads changes no bit`() throws {
        let (x, y) = (Draws.uniform(51, 300, 600, -1, 1), Draws.uniform(52, 300, 3, -1, 1))
        let made = try [1, 2, 5].map { threads in
            var gram = GramAccumulator(nodes: 600, outputs: 3, threads: threads)
            try gram.add(x, y, block: 150)
            return try gram.path(lambdas: [1])
        }
        #expect(made[0] == made[1] && made[0] == made[2])
        // And all pieces of the triangle are there: the QR form knows none.
        var qr = QRAccumulator(nodes: 600, outputs: 3)
        try qr.add(x, y, block: 300)
        let expected = try qr.path(lambdas: [1]).readouts[0].weights
        #expect(largestDifference(made[0].readouts[0].weights.values, expected.values) < 1e-12)
    }

    @Test func `fewer rows than nodes give the shortest weights that fit`() throws {
        let (x, y) = (Draws.uniform(53, 12, 30, -1, 1), Draws.uniform(54, 12, 2, -1, 1))
        // By LAPACK: W = Xᵀ (X Xᵀ + λ)⁻¹ Y of the centred rows.
        for lambda in [0, 1e-2] {
            let (weights, intercept) = try DirectRidge.ridge(x, y, lambda: max(lambda, 1e-12))
            let expected = LinearReadout(weights: weights, intercept: intercept, lambda: lambda)
            for path in try paths(x, y, [lambda], block: 5) {
                #expect(largestDifference(path.readouts[0].weights.values, expected.weights.values) < 1e-7)
                #expect(try largestDifference(path.readouts[0].predict(x).values, expected.predict(x).values) < 1e-7)
            }
        }
    }

    @Test func `tridiagonal form, eigenvectors and singular values agree`() throws {
        // A λ at the limit of what the Gram form resolves goes through eigenvectors; just above it through the tridiagonal system.
        let (x, y) = (Draws.uniform(55, 50, 8, -1, 1), Draws.uniform(56, 50, 1, -1, 1))
        var wide = Matrix<Double>(rows: 50, columns: 9)
        for row in 0..<50 {
            for k in 0..<8 { wide[row, k] = x[row, k] }
            wide[row, 8] = x[row, 0] - x[row, 1]
        }
        let lambdas = [0, 1e-15, 1e-10, 1e-3]
        let made = try paths(wide, y, lambdas, block: 50)
        for (a, b) in zip(made[0].readouts, made[1].readouts) {
            #expect(largestDifference(try a.predict(wide).values, try b.predict(wide).values) < 1e-7)
        }
        #expect(abs(made[0].effectiveParameters[0] - 9) < 1e-9)
        #expect(abs(made[1].effectiveParameters[0] - 9) < 1e-9)
    }
}
