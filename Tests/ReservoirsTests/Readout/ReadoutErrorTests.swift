import LinearAlgebra
import Reservoirs
import Testing

struct ReadoutErrorTests {
    private let good = Draws.offsetProblem(0)

    private func accumulators() -> [any ReadoutAccumulator] {
        [GramAccumulator(nodes: 6, outputs: 2), QRAccumulator(nodes: 6, outputs: 2)]
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e200])
    func `values that are not finite, or overflow, are refused and change nothing`(bad: Double) throws {
        for var accumulator in accumulators() {
            try accumulator.add(states: good.x, targets: good.y)
            let before = try accumulator.path(lambdas: [0.1])
            var x = good.x
            x[17, 4] = bad
            #expect(throws: ReadoutError.notFinite(what: "states", row: 17, column: 4)) {
                try accumulator.add(states: x, targets: good.y)
            }
            var y = good.y
            y[3, 1] = bad
            #expect(throws: ReadoutError.notFinite(what: "targets", row: 3, column: 1)) {
                try accumulator.add(states: good.x, targets: y)
            }
            #expect(accumulator.samples == 40)
            #expect(try accumulator.path(lambdas: [0.1]) == before)
        }
    }

    @Test func `shapes that do not fit are refused`() throws {
        for var accumulator in accumulators() {
            #expect(throws: ReadoutError.shape(what: "nodes", expected: 6, found: 5)) {
                try accumulator.add(states: Matrix(rows: 4, columns: 5), targets: Matrix(rows: 4, columns: 2))
            }
            #expect(throws: ReadoutError.shape(what: "outputs", expected: 2, found: 3)) {
                try accumulator.add(states: Matrix(rows: 4, columns: 6), targets: Matrix(rows: 4, columns: 3))
            }
            #expect(throws: ReadoutError.shape(what: "rows of targets", expected: 4, found: 3)) {
                try accumulator.add(states: Matrix(rows: 4, columns: 6), targets: Matrix(rows: 3, columns: 2))
            }
        }
        var gram = GramAccumulator(nodes: 6, outputs: 2)
        #expect(throws: ReadoutError.self) { try gram.merge(GramAccumulator(nodes: 7, outputs: 2)) }
        var qr = QRAccumulator(nodes: 6, outputs: 2)
        #expect(throws: ReadoutError.self) { try qr.merge(QRAccumulator(nodes: 6, outputs: 1)) }
    }

    @Test func `too few samples and unusable parameters are refused`() throws {
        for var accumulator in accumulators() {
            #expect(throws: ReadoutError.tooFewSamples(found: 0, needed: 2)) { try accumulator.path(lambdas: [1]) }
            try accumulator.add(states: good.x.rows(0..<1), targets: good.y.rows(0..<1))
            #expect(throws: ReadoutError.tooFewSamples(found: 1, needed: 2)) { try accumulator.path(lambdas: [1]) }
            try accumulator.add(states: good.x.rows(1..<3), targets: good.y.rows(1..<3))
            #expect(throws: ReadoutError.lambda(nil)) { try accumulator.path(lambdas: []) }
            #expect(throws: ReadoutError.lambda(-1)) { try accumulator.path(lambdas: [1, -1]) }
            #expect(throws: ReadoutError.self) { try accumulator.path(lambdas: [.nan]) }
            // Three samples leave nothing over for six weights without a penalty.
            #expect(throws: ReadoutError.nothingToChoose(method: "generalised cross-validation")) {
                try accumulator.path(lambdas: [0]).chooseByCrossValidation()
            }
        }
    }

    @Test func `states and targets that are constant give weight 0 and the mean`() throws {
        let (x, y) = (Matrix<Double>(rows: 9, columns: 6, repeating: 0.1), Matrix<Double>(rows: 9, columns: 2, repeating: 0.3))
        for var accumulator in accumulators() {
            try accumulator.add(x, y, block: 4)
            for lambda in [0, 1e-9, 1] {
                let readout = try accumulator.path(lambdas: [lambda]).readouts[0]
                #expect(largestDifference(try readout.predict(x).values, y.values) < 1e-12)
            }
        }
    }

    @Test func `constant targets have no normalised error`() throws {
        var accumulator = QRAccumulator(nodes: 6, outputs: 2)
        try accumulator.add(states: good.x, targets: good.y)
        var constant = good.y
        for row in 0..<40 { constant[row, 1] = 0.1 }
        #expect(throws: ReadoutError.constantTargets(output: 1)) {
            try accumulator.path(lambdas: [1]).choose(states: good.x, targets: constant)
        }
    }
}
