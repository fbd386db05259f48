import LinearAlgebra
import Reservoirs
import Testing

struct InformationCapacityTests {
    @Test func `totals and degrees equal RCbench's`() throws {
        let inputs = uniform(MetricValues.steps, seed: 3)
        let found = try #require(
            try InformationCapacity(
                inputs: inputs, states: RingReservoir().states(inputs),
                settings: .rcbench(delays: 5, degrees: 3, ridge: 0.01)))
        #expect(found.functions == MetricValues.capacityFunctions)
        for (a, b) in zip([found.total, found.linear, found.nonlinear], MetricValues.capacityRCbench) {
            #expect(abs(a - b) < 1e-6)
        }
        for (a, b) in zip(found.byDegree, MetricValues.capacityRCbenchByDegree) { #expect(abs(a - b) < 1e-6) }
    }

    /// A state made of known functions has these capacities by construction.
    @Test func `states that are functions of past inputs have the capacity 1 for each of them`() throws {
        let inputs = uniform(4000, seed: 12)
        var states = Matrix<Double>(rows: inputs.count, columns: 4)
        for t in 4..<inputs.count {
            states[t, 0] = inputs[t - 1]
            states[t, 1] = 3 * inputs[t] * inputs[t] + 0.2
            states[t, 2] = inputs[t - 2] * inputs[t - 4]
            states[t, 3] = inputs[t - 1] - 0.1 * inputs[t - 2] * inputs[t - 4]
        }
        let found = try #require(
            try InformationCapacity(inputs: inputs, states: states, settings: .init(degrees: 3, delays: [5])))
        #expect(found.bound == 3)
        #expect(abs(found.linear - 1) < 0.02 && abs(found.nonlinear - 2) < 0.02 && abs(found.total - 3) < 0.03)
        let best = found.terms.filter { $0.capacity > 0.99 }.map(\.product.text)
        #expect(best == ["P1(u(t-1))", "P2(u(t-0))", "P1(u(t-2)) P1(u(t-4))"])
    }

    /// Dambre et al.: a system with fading memory that is explored completely has a total of N.
    @Test func `a shift register has its nodes as linear capacity and nothing else`() throws {
        let inputs = uniform(3000, seed: 14)
        let found = try #require(
            try InformationCapacity(
                inputs: inputs, states: ShiftRegister(nodes: 8).states(inputs), settings: .init(degrees: 3, delays: [12, 8, 6]))
        )
        #expect(abs(found.linear - 8) < 0.02 && found.nonlinear < 0.05 && found.bound == 8)
    }

    /// Half of the target is known: C = 1/2, and with 100 directions in 600 steps chance adds a sixth of the rest.
    @Test func `the share of chance is taken away from what counts`() throws {
        let (steps, nodes) = (600, 100)
        let inputs = uniform(steps, seed: 21)
        var states = Matrix(rows: steps, columns: nodes, values: uniform(steps * nodes, seed: 22))
        for t in 0..<steps { states[t, 0] = inputs[t] + states[t, 0] }
        func capacity(subtractsChance: Bool) throws -> Double {
            let settings = InformationCapacity.Settings(
                degrees: 1, delays: [0], estimate: .projection(subtractsChance: subtractsChance))
            return try #require(try InformationCapacity(inputs: inputs, states: states, settings: settings)).total
        }
        #expect(abs(try capacity(subtractsChance: false) - 0.591) < 0.04)
        #expect(abs(try capacity(subtractsChance: true) - 0.5) < 0.05)
    }

    @Test func `noise has no capacity, by the chi-square law and by shuffled targets`() throws {
        let inputs = uniform(2000, seed: 15)
        let noise = Matrix(rows: 2000, columns: 30, values: uniform(60_000, seed: 16))
        for threshold in [CapacityThreshold.chiSquare(probability: 1e-4), .shuffled(quantile: 1, shuffles: 2000, seed: 2)] {
            let found = try #require(
                try InformationCapacity(
                    inputs: inputs, states: noise, settings: .init(degrees: 2, delays: [20, 15], threshold: threshold)))
            #expect(found.total < 0.1 && found.threshold > 0.02 && found.threshold < 0.05)
        }
    }

    @Test func `Legendre polynomials are those of the formulas`() {
        let x = [-1.0, -0.3, 0, 0.7, 1]
        let p = PolynomialProduct.legendre(x, degree: 4)
        for (i, x) in x.enumerated() {
            #expect(abs(p[2][i] - (3 * x * x - 1) / 2) < 1e-14)
            #expect(abs(p[3][i] - (5 * x * x * x - 3 * x) / 2) < 1e-14)
            #expect(abs(p[4][i] - (35 * x * x * x * x - 30 * x * x + 3) / 8) < 1e-14)
        }
    }

    @Test func `products are complete: C(delays + degree − 1, degree) of each degree`() {
        #expect(PolynomialProduct.all(degree: 3, delays: 0...4, mostFactors: nil).count == 35)
        #expect(PolynomialProduct.all(degree: 3, delays: 1...5, mostFactors: 2).count == 25)
        #expect(PolynomialProduct.count(degree: 3, delays: 5, most: 1000) == 35)
        #expect(PolynomialProduct.count(degree: 9, delays: 500, most: 1000) == 1001)
    }

    @Test func `chi-square quantiles equal SciPy's`() {
        let asked = [(1e-4, 300), (1e-4, 12), (0.05, 1), (0.5, 7)]
        for ((probability, degrees), value) in zip(asked, MetricValues.chiSquare) {
            #expect(abs(ChiSquare.quantile(exceededWith: probability, degrees: degrees) / value - 1) < 1e-10)
        }
    }

    @Test func `work that nobody can wait for is refused, and work that runs can be stopped`() throws {
        let inputs = uniform(400, seed: 1)
        let states = ShiftRegister(nodes: 3).states(inputs)
        #expect(throws: MetricError.self) {
            try InformationCapacity(inputs: inputs, states: states, settings: .init(degrees: 9, delays: [100]))
        }
        let stopped = try InformationCapacity(inputs: inputs, states: states, settings: .init(degrees: 2, delays: [3])) { _ in
            false
        }
        #expect(stopped == nil)
    }
}
