import LinearAlgebra
import Reservoirs
import Testing

/// Against ReservoirPy's NVAR (`Reference/make_network_values.py`).
struct NextGenerationReservoirTests {
    private let input = Draws.uniform(45, 9, 2, -1, 1)

    @Test(arguments: [2, 3])
    func `states are those of ReservoirPy`(order: Int) throws {
        let reservoir = try NextGenerationReservoir(inputs: 2, delays: 3, spacing: 2, orders: [order])
        let states = try reservoir.states(input)
        let expected = order == 2 ? NetworkValues.monomials2 : NetworkValues.monomials3
        #expect(states.columns == expected[0].count)
        for (step, row) in zip([0, 3, 8], expected) { #expect(largestDifference(states.row(step), row) < 1e-15) }
    }

    @Test func `a constant and several orders stand beside each other`() throws {
        let reservoir = try NextGenerationReservoir(inputs: 2, delays: 3, spacing: 2, orders: [2, 3], hasConstant: true)
        let state = Array(try reservoir.states(input).row(8))
        #expect(state.count == reservoir.nodes && state[0] == 1)
        #expect(largestDifference(state[1...27], NetworkValues.monomials2[2]) < 1e-15)
        #expect(largestDifference(state[28...], NetworkValues.monomials3[2][6...]) < 1e-15)
    }

    @Test func `it goes on from the inputs that it remembers until it is reset`() throws {
        let reservoir = try NextGenerationReservoir(inputs: 2, delays: 3, spacing: 2)
        let whole = try reservoir.states(input)
        reservoir.reset(seed: 0)
        let parts = try reservoir.states(input.rows(0..<4)).values + reservoir.states(input.rows(4..<9)).values
        #expect(parts == whole.values)
        reservoir.reset(seed: 0)
        #expect(try reservoir.run(input.values.map { Float($0) }).count == whole.values.count)
    }

    @Test func `settings outside their ranges, and states too long to hold, are refused`() throws {
        #expect(throws: NetworkError.self) { try NextGenerationReservoir(inputs: 0, delays: 1) }
        #expect(throws: NetworkError.self) { try NextGenerationReservoir(inputs: 1, delays: 0) }
        #expect(throws: NetworkError.self) { try NextGenerationReservoir(inputs: 1, delays: 1, spacing: 0) }
        #expect(throws: NetworkError.self) { try NextGenerationReservoir(inputs: 1, delays: 2, orders: [1]) }
        #expect(throws: NetworkError.self) { try NextGenerationReservoir(inputs: 1, delays: 2, orders: [2, 2]) }
        #expect(throws: NetworkError.self) { try NextGenerationReservoir(inputs: 100, delays: 100, orders: [8]) }
        let reservoir = try NextGenerationReservoir(inputs: 2, delays: 1)
        #expect(throws: NetworkError.notFinite(step: 0, input: 1)) {
            try reservoir.states(Matrix(rows: 1, columns: 2, values: [1, .nan]))
        }
        #expect(throws: NetworkError.self) { try reservoir.run([1]) }
    }
}
