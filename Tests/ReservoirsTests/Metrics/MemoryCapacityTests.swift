import LinearAlgebra
import Reservoirs
import Testing

struct MemoryCapacityTests {
    private let inputs = uniform(MetricValues.steps, seed: 3)

    @Test func `each delay's capacity equals RCbench's`() throws {
        let found = try MemoryCapacity(
            inputs: inputs, states: RingReservoir().states(inputs), settings: .rcbench(delays: 20, ridge: 0.1))
        for (a, b) in zip(found.capacities, MetricValues.memoryRCbench) { #expect(abs(a - b) < 1e-6) }
        #expect(found.capacities.count == 20)
    }

    @Test func `each delay's capacity equals ReservoirPy's`() throws {
        let delays = MetricValues.memoryReservoirPy.count
        // ReservoirPy's reservoir hears the series from the longest delay on.
        let heard = RingReservoir().states(Array(inputs.dropFirst(delays)))
        let states = Matrix(
            rows: inputs.count, columns: heard.columns,
            values: [Double](repeating: 0, count: delays * heard.columns) + heard.values)
        let found = try MemoryCapacity(
            inputs: inputs, states: states, settings: .reservoirPy(delays: delays, ridge: 1e-4, steps: inputs.count))
        for (a, b) in zip(found.capacities, MetricValues.memoryReservoirPy) { #expect(abs(a - b) < 1e-6) }
    }

    /// Node k is the input of k steps ago, k = 0 … N − 1. arXiv 2305.01457: a linear reservoir of full rank has MC = N; node 0 is k = 0.
    @Test func `a shift register remembers as many inputs as it has nodes, and no more`() throws {
        let inputs = uniform(2000, seed: 5)
        let found = try MemoryCapacity(
            inputs: inputs, states: ShiftRegister(nodes: 11).states(inputs), settings: .init(delays: 30))
        for k in 0..<10 { #expect(abs(found.capacities[k] - 1) < 1e-9) }
        // A chance in a hundred for each of the other twenty.
        #expect(found.total - 10 < 0.1)
        #expect(found.capacities[10...].count { $0 > 0 } <= 2)
        #expect(found.threshold > 0.001 && found.threshold < 0.05)
    }

    @Test func `states that know nothing of the input have a capacity near 0 with the threshold, and above 0 without`() throws {
        let inputs = uniform(600, seed: 8)
        let noise = Matrix(rows: 600, columns: 20, values: uniform(600 * 20, seed: 9))
        let plain = try MemoryCapacity(inputs: inputs, states: noise, settings: .init(delays: 40, threshold: .none))
        let thresholded = try MemoryCapacity(inputs: inputs, states: noise, settings: .init(delays: 40))
        #expect(plain.total > 0.08)
        #expect(thresholded.total < 0.06)
        #expect(
            try MemoryCapacity(inputs: inputs, states: noise, settings: .init(delays: 40, threshold: .fixed(0.1))).total == 0)
    }

    @Test func `scaling and shifting the nodes changes nothing, and a node that stands still does no harm`() throws {
        let states = RingReservoir().states(inputs)
        let found = try MemoryCapacity(inputs: inputs, states: states, settings: .init(delays: 10))
        var moved = Matrix<Double>(rows: states.rows, columns: states.columns + 1, repeating: 0.7)
        for row in 0..<states.rows {
            for k in 0..<states.columns { moved[row, k] = 1e-3 * Double(k + 1) * states[row, k] + 0.5 * Double(k) }
        }
        let again = try MemoryCapacity(inputs: inputs, states: moved, settings: .init(delays: 10))
        for (a, b) in zip(found.capacities, again.capacities) { #expect(abs(a - b) < 1e-6) }
    }

    @Test func `too few steps and unequal lengths are typed errors`() {
        let states = RingReservoir().states(Array(inputs.prefix(60)))
        #expect(throws: MetricError.tooFewSteps(metric: "memory capacity", needed: 104, found: 60)) {
            try MemoryCapacity(inputs: Array(inputs.prefix(60)), states: states, settings: .init(delays: 100))
        }
        #expect(throws: MetricError.self) { try MemoryCapacity(inputs: inputs, states: states, settings: .init(delays: 5)) }
    }
}
