import Foundation
import LinearAlgebra
import Measuring
import Reservoirs

/// 5000 steps of a leaky echo-state network, a tenth of its connections, as in esn.py.
struct EchoWork {
    var nodes: Int
    var isSparse: Bool

    static let cases = [100, 1000].flatMap { [EchoWork(nodes: $0, isSparse: false), EchoWork(nodes: $0, isSparse: true)] }

    func run() throws {
        let steps = 5000
        let there = Draw.integers(22, nodes * nodes, below: 10)
        var matrix = Draw.uniform(21, nodes, nodes, -1, 1)
        let scale = 0.9 / (Double(nodes) / 30).squareRoot()
        for place in matrix.values.indices { matrix.values[place] = there[place] == 0 ? matrix.values[place] * scale : 0 }
        let network = try EchoStateNetwork(
            connections: isSparse ? .sparse(SparseMatrix(matrix)) : .dense(matrix), input: Draw.uniform(23, nodes, 1, -1, 1),
            bias: Draw.uniform(24, 1, nodes, -1, 1).values.map { 0.2 * $0 }, leak: 0.3)
        let u = Draw.uniform(25, steps, 1, 0, 0.5)
        var states = Matrix<Double>(rows: 0, columns: nodes)
        let time = try median {
            network.reset(seed: 0)
            states = try network.states(u)
        }
        let form = isSparse ? "sparse" : "dense"
        print(
            String(
                format: "\necho-state network, %d nodes, %@: Larmor %.1f ms, %.0f steps/s", nodes, form, time,
                Double(steps) / time * 1e3))
        let last = states.row(steps - 1)
        let peers = Peers.compare(
            ["esn.py"], bench: "esn_run",
            only: "\"nodes\": \(nodes), \"steps\": \(steps), \"density\": 0.1, \"matrix\": \"\(form)\"",
            own_ms: time, expected: [states.values.reduce(0, +), last[last.startIndex], last[last.startIndex + 1]],
            tolerance: 1e-8)
        for (name, best) in peers {
            print(String(format: "  best of %@: %.1f ms, %.2f times Larmor's", name, best, best / time))
        }
    }
}
