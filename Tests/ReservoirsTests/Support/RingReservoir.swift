import Glibc
import LinearAlgebra
import Reservoirs
import Signals

/// A ring of nodes in 64 bits: x_i ← tanh(0.9 x_{i−1} + 0.5 cos(i + 1) u); as in Reference/make_metric_values.py.
final class RingReservoir: Reservoir {
    let inputs = 1
    let nodes: Int
    let description = "ring"
    private let coupling: Double
    private var state: [Double]

    init(nodes: Int = MetricValues.nodes, coupling: Double = 0.9) {
        self.nodes = nodes
        self.coupling = coupling
        state = [Double](repeating: 0, count: nodes)
    }

    func reset(seed: UInt64) { state = [Double](repeating: 0, count: nodes) }

    func run(_ inputs: [Float]) throws -> [Float] {
        let matrix = Matrix(rows: inputs.count, columns: 1, values: inputs.map { Double($0) })
        return states(matrix).values.map { Float($0) }
    }

    func states(_ inputs: Matrix<Double>) -> Matrix<Double> {
        var values: [Double] = []
        for u in inputs.values {
            state = state.indices.map { i in
                tanh(coupling * state[(i + nodes - 1) % nodes] + 0.5 * cos(Double(i + 1)) * u)
            }
            values += state
        }
        return Matrix(rows: inputs.rows, columns: nodes, values: values)
    }

    func states(_ inputs: [Double]) -> Matrix<Double> { states(Matrix(rows: inputs.count, columns: 1, values: inputs)) }
}

/// A map of one number, x ← f(x, u).
final class MapReservoir: Reservoir {
    let inputs = 1
    let nodes = 1
    let description = "map"
    private let start: Double
    private let step: (Double, Double) -> Double
    private var state: Double

    init(start: Double, _ step: @escaping (Double, Double) -> Double) {
        (self.start, self.step, state) = (start, step, start)
    }

    func reset(seed: UInt64) { state = start }

    func run(_ inputs: [Float]) throws -> [Float] {
        states(Matrix(rows: inputs.count, columns: 1, values: inputs.map { Double($0) })).values.map { Float($0) }
    }

    func states(_ inputs: Matrix<Double>) -> Matrix<Double> {
        Matrix(
            rows: inputs.rows, columns: 1,
            values: inputs.values.map { u in
                state = step(state, u)
                return state
            })
    }
}

/// A delay line: node k is the input of k steps ago.
final class ShiftRegister: Reservoir {
    let inputs = 1
    let nodes: Int
    let description = "shift register"
    private var state: [Double]

    init(nodes: Int) {
        self.nodes = nodes
        state = [Double](repeating: 0, count: nodes)
    }

    func reset(seed: UInt64) { state = [Double](repeating: 0, count: nodes) }

    func run(_ inputs: [Float]) throws -> [Float] {
        states(inputs.map { Double($0) }).values.map { Float($0) }
    }

    func states(_ inputs: [Double]) -> Matrix<Double> {
        var values: [Double] = []
        for u in inputs {
            state = [u] + state.dropLast()
            values += state
        }
        return Matrix(rows: inputs.count, columns: nodes, values: values)
    }
}

/// Uniform in [−1, 1).
func uniform(_ count: Int, seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in 2 * random.uniform() - 1 }
}
