import AllocationCounter
import LinearAlgebra
import Reservoirs
import Signals
import Testing

struct RecursiveLeastSquaresTests {
    private func learn(_ learner: RecursiveLeastSquares, _ x: Matrix<Double>, _ y: Matrix<Double>) throws {
        for row in 0..<x.rows { try learner.update(state: Array(x.row(row)), target: Array(y.row(row))) }
    }

    @Test(arguments: [1e-4, 0.1, 10], [0.0, 50])
    func `without forgetting it is ridge regression`(lambda: Double, offset: Double) throws {
        let (x, y) = Draws.offsetProblem(offset)
        let learner = try RecursiveLeastSquares(nodes: 6, outputs: 2, ridge: lambda)
        try learn(learner, x, y)
        var batch = QRAccumulator(nodes: 6, outputs: 2)
        try batch.add(states: x, targets: y)
        let expected = try batch.path(lambdas: [lambda]).readouts[0]
        #expect(largestDifference(learner.readout.weights.values, expected.weights.values) < 1e-9)
        #expect(largestDifference(learner.readout.intercept, expected.intercept) < 1e-9 * max(1, offset))
    }

    @Test func `with forgetting it is weighted ridge regression`() throws {
        var (x, y) = (Draws.uniform(33, 60, 4, -1, 1), Draws.uniform(34, 60, 2, -1, 1))
        for place in x.values.indices { x.values[place] += 3 }
        for row in 0..<60 { for k in 0..<2 { y[row, k] = x[row, k] * 0.5 + y[row, k] } }
        let learner = try RecursiveLeastSquares(nodes: 4, outputs: 2, ridge: 0.5, forgetting: 0.9375)
        try learn(learner, x, y)
        #expect(largestDifference(learner.readout.weights.values, ReadoutValues.forgettingWeights) < 1e-11)
        #expect(largestDifference(learner.readout.intercept, ReadoutValues.forgettingIntercepts) < 1e-11)
        // The same by the other door.
        var output = [0.0, 0.0]
        Array(x.row(7)).withUnsafeBufferPointer { state in
            output.withUnsafeMutableBufferPointer { learner.predict(state, into: $0) }
        }
        #expect(largestDifference(output, try learner.readout.predict(x.rows(7..<8)).values) < 1e-12)
    }

    @Test func `a million updates with forgetting leave it sound, also where the input excites little`() throws {
        let nodes = 10
        let learner = try RecursiveLeastSquares(nodes: nodes, outputs: 1, ridge: 0.1, forgetting: 0.99, bound: 1000)
        var random = SplitMix64(seed: 8)
        var state = [Double](repeating: 0, count: nodes)
        var truth = (0..<nodes).map { _ in random.normal() }
        var largest = 0.0
        for step in 0..<1_000_000 {
            if step % 100_000 == 0 { truth = (0..<nodes).map { _ in random.normal() } }
            // Long stretches of silence; node 8 is dead, node 9 doubles node 0.
            let isSilent = (step / 5000) % 4 == 3
            for k in 0..<8 { state[k] = isSilent ? 0.25 : random.normal() }
            (state[8], state[9]) = (0.5, 2 * state[0])
            let target = 7 + zip(truth, state).reduce(0) { $0 + $1.0 * $1.1 } + 0.01 * random.normal()
            let isLearned = state.withUnsafeBufferPointer { state in
                withUnsafePointer(to: target) { learner.update(state: state, target: UnsafeBufferPointer(start: $0, count: 1)) }
            }
            #expect(isLearned)
            guard step % 20_000 == 19_999 else { continue }
            let p = learner.covariance
            let trace = (0..<nodes).reduce(0) { $0 + p[$1, $1] }
            largest = max(largest, trace)
            #expect(try p.symmetricEigen().values[0] > 0)
            guard !isSilent else { continue }
            // It has followed the truth, as far as the input tells: nodes 0 and 9 only together.
            let w = learner.readout.weights
            for k in 1..<8 { #expect(abs(w[k, 0] - truth[k]) < 0.02) }
            #expect(abs(w[0, 0] + 2 * w[9, 0] - truth[0] - 2 * truth[9]) < 0.02)
        }
        #expect(largest <= 1.001 * Double(nodes) / 0.1 * 1000)
        #expect(largest > 1000, "the bound was put to use")
        #expect(learner.samples == 1_000_000 && learner.rejected == 0)
    }

    @Test(.enabled(if: allocations_are_counted() == 1, "a sanitizer has a malloc of its own"))
    func `updates and predictions allocate nothing`() throws {
        let learner = try RecursiveLeastSquares(nodes: 50, outputs: 3, ridge: 1, forgetting: 0.999)
        let (state, target) = (Draws.uniform(71, 1, 50, -1, 1).values, Draws.uniform(72, 1, 3, -1, 1).values)
        var output = target
        state.withUnsafeBufferPointer { state in
            target.withUnsafeBufferPointer { target in
                output.withUnsafeMutableBufferPointer { output in
                    func work() {
                        learner.update(state: state, target: target)
                        learner.predict(state, into: output)
                    }
                    work()
                    let before = allocation_counts()
                    for _ in 0..<100 { work() }
                    #expect(allocation_counts().claimed == before.claimed)
                }
            }
        }
    }

    @Test(arguments: [Double.nan, .infinity, 1e200])
    func `samples that are not finite change nothing and are counted`(bad: Double) throws {
        let (x, y) = Draws.offsetProblem(0)
        let learner = try RecursiveLeastSquares(nodes: 6, outputs: 2, ridge: 0.1, forgetting: 0.99)
        try learn(learner, x, y)
        let before = learner.readout
        var state = Array(x.row(0))
        state[2] = bad
        #expect(throws: ReadoutError.notFinite(what: "state", row: 40, column: 2)) {
            try learner.update(state: state, target: [1, 2])
        }
        #expect(throws: ReadoutError.notFinite(what: "target", row: 40, column: 1)) {
            try learner.update(state: Array(x.row(0)), target: [1, bad])
        }
        #expect(learner.rejected == 2 && learner.samples == 40)
        #expect(learner.readout == before)
    }

    @Test func `settings outside their ranges are refused`() {
        for (ridge, forgetting, bound) in [
            (0, 1, 10), (-1, 1, 10), (.nan, 1, 10), (1, 0, 10), (1, 1.01, 10), (1, 1, 0.5), (1, .nan, 10),
        ]
            as [(Double, Double, Double)]
        {
            #expect(throws: ReadoutError.self) {
                try RecursiveLeastSquares(nodes: 3, outputs: 1, ridge: ridge, forgetting: forgetting, bound: bound)
            }
        }
        #expect(throws: ReadoutError.self) { try RecursiveLeastSquares(nodes: 0, outputs: 1, ridge: 1) }
    }
}
