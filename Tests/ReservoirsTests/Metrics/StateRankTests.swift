import LinearAlgebra
import Reservoirs
import Testing

struct StateRankTests {
    private let inputs = uniform(MetricValues.steps, seed: 3)
    private var states: Matrix<Double> { RingReservoir().states(inputs) }

    @Test func `the ring's states are those of the reference`() {
        for (a, b) in zip(states.row(MetricValues.steps - 1), MetricValues.lastState) { #expect(abs(a - b) < 1e-12) }
    }

    @Test func `ranks by a threshold equal RCbench's`() throws {
        for (index, threshold) in MetricValues.rankThresholds.enumerated() {
            #expect(try StateRank.ofGram(states, threshold: threshold) == MetricValues.kernelRanks[index])
            #expect(
                try StateRank.ofGram(StateRank.withInput(inputs, states), threshold: threshold)
                    == MetricValues.kernelRanksWithInput[index])
            #expect(try StateRank.ofStates(states, threshold: threshold) == MetricValues.stateRanks[index])
        }
    }

    /// Diagonal, so that the singular values are its numbers.
    @Test func `the study's rank counts the values that make 99 % of the sum`() throws {
        func rank(_ values: [Double], share: Double = 0.99) throws -> Int {
            var matrix = Matrix<Double>(rows: values.count + 2, columns: values.count)
            for (k, value) in values.enumerated() { matrix[k, k] = value }
            return try StateRank.bySum(matrix, share: share)
        }
        #expect(try rank([98, 0.9, 0.6, 0.5]) == 3)
        #expect(try rank([1, 1, 1, 1]) == 4)
        #expect(try rank([5, 3, 2], share: 0.5) == 1)
        #expect(try rank([0, 0]) == 0)
        #expect(StateRank.studyInputs(nodes: 100) == 200 && StateRank.studyInputs(nodes: 3) == 55)
    }

    @Test func `blocks of columns are divided by their largest size`() {
        let states = Matrix<Double>(rows: 2, columns: 4, values: [1, -2, 0.1, 0, 0.5, 1, -0.4, 0.2])
        #expect(StateRank.scaled(states, blocks: 2).values == [0.5, -1, 0.25, 0, 0.25, 0.5, -1, 0.5])
    }

    @Test func `values that are not finite are an error that says where`() {
        let states = Matrix<Double>(rows: 2, columns: 2, values: [1, 2, .nan, 4])
        #expect(throws: MetricError.notFinite(metric: "rank", step: 1)) { try StateRank.bySum(states) }
    }
}
