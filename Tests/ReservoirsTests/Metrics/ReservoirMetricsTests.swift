import LinearAlgebra
import Reservoirs
import Testing

struct ReservoirMetricsTests {
    @Test func `a shift register has the metrics that follow from its construction`() throws {
        let metrics = try #require(try ReservoirMetrics(ShiftRegister(nodes: 9)))
        // Node 0 is the input: its column is there twice.
        #expect(metrics.nodes == 9 && metrics.kernelRank == 9 && metrics.kernelRankByThreshold == 9)
        #expect(abs(metrics.memory.total - 8) < 0.1)
        let information = try #require(metrics.information)
        #expect(abs(information.linear - 9) < 0.05 && information.nonlinear < 0.1 && information.bound == 9)
        let dynamics = try #require(metrics.dynamics)
        #expect(dynamics.generalisationRank == 9 && dynamics.echo.steps == 8 && dynamics.drift.value == 0)
        #expect(abs(dynamics.noise.stateSNR_dB - 20) < 0.5)
    }

    @Test func `recorded states have the same capacities, in any unit of the inputs`() throws {
        let inputs = uniform(3000, seed: 31)
        let states = ShiftRegister(nodes: 6).states(inputs)
        let metrics = try #require(try ReservoirMetrics(inputs: inputs.map { 40 + 7 * $0 }, states: states))
        #expect(metrics.dynamics == nil && metrics.kernelRank == 6)
        #expect(abs(metrics.memory.total - 5) < 0.1)
        #expect(abs((metrics.information?.total ?? 0) - 6) < 0.1)
    }

    @Test func `with more nodes than steps there is no information capacity`() throws {
        let states = Matrix(rows: 60, columns: 80, values: uniform(60 * 80, seed: 2))
        let metrics = try #require(try ReservoirMetrics(inputs: uniform(60, seed: 1), states: states))
        #expect(metrics.information == nil)
    }

    @Test func `work that is stopped has no result`() throws {
        #expect(try ReservoirMetrics(ShiftRegister(nodes: 3)) { fraction, _ in fraction < 0.3 } == nil)
    }

    @Test func `inputs that are not what capacities need are told`() {
        #expect(InputUniformity.problem(uniform(2000, seed: 4)) == nil)
        #expect(InputUniformity.problem(uniform(2000, seed: 4).map { $0 * $0 * $0 })?.contains("not uniform") == true)
        let slow = (0..<2000).map { Double($0 % 200) }
        #expect(InputUniformity.problem(slow)?.contains("correlated") == true)
    }
}
