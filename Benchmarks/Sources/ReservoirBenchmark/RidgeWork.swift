import Foundation
import LinearAlgebra
import Measuring
import Reservoirs

/// Ridge regressions with intercept for ten λ and ten outputs, as in ridge.py.
struct RidgeWork {
    var samples: Int
    var nodes: Int

    static let cases = [RidgeWork(samples: 10_000, nodes: 500), RidgeWork(samples: 100_000, nodes: 1000)]

    /// One Gram matrix by SciPy's own BLAS. In ridge.py it is NumPy's, which may be older than the processor and then takes slow kernels.
    private var ownBLAS: String {
        """
        from common import measure, np, uniform
        import scipy, scipy.linalg
        from scipy.linalg import blas
        N, P = \(samples), \(nodes)
        X = uniform(5, (N, P), -1, 1, np.float64)
        Y = 0.5 * X[:, :10] + uniform(6, (N, 10), -1, 1, np.float64)
        def fits():
            mean_x, mean_y = X.mean(0), Y.mean(0)
            gram = blas.dsyrk(1.0, X.T, lower=0) - N * np.outer(mean_x, mean_x)
            target = blas.dgemm(1.0, X.T, Y.T, trans_b=1) - N * np.outer(mean_x, mean_y)
            made = []
            for k in range(10):
                A = np.array(gram, order="F")
                A[np.diag_indices(P)] += N * 10.0 ** (k - 8)
                factor = scipy.linalg.cho_factor(A, lower=False, overwrite_a=True, check_finite=False)
                made.append(scipy.linalg.cho_solve(factor, target, check_finite=False))
            return made
        measure("ridge_10_lambdas", "scipy one Gram, BLAS of its own", scipy.__version__, dict(N=N, P=P), fits, 10, "fits/s",
                lambda r: [round(float(v), 9) for v in (r[5][0, 0], r[5][1, 0], r[5][0, 1])], min_reps=3)
        """
    }

    func run() throws {
        let x = Draw.uniform(5, samples, nodes, -1, 1)
        var y = Draw.uniform(6, samples, 10, -1, 1)
        for row in 0..<samples { for k in 0..<10 { y[row, k] = 0.5 * x[row, k] + y[row, k] } }
        let lambdas = (0..<10).map { Double(samples) * pow(10, Double($0 - 8)) }
        print("\nridge path, \(samples) × \(nodes), 10 outputs, 10 λ:")
        var best = Double.infinity
        var expected: [Double] = []
        for threads in [1, 2] {
            var (adding, path): ([Double], RidgePath?) = ([], nil)
            let time = try median {
                var gram = GramAccumulator(nodes: nodes, outputs: 10, threads: threads)
                adding.append(try seconds { try gram.add(states: x, targets: y) }.1)
                path = try gram.path(lambdas: lambdas)
            }
            // The products alone, on the same numbers.
            var (g, c) = ([Double](repeating: 0, count: nodes * nodes), [Double](repeating: 0, count: nodes * 10))
            let products = median {
                GramProduct.add(
                    rows: samples, columns: nodes, outputs: 10, x.values, y.values, gram: &g, cross: &c, threads: threads)
            }
            let flop = Double(samples) * Double(nodes) * Double(nodes + 1)
            print(
                String(
                    format:
                        "  Larmor, Gram, %d thread(s): %.1f ms; adding rows %.1f, products alone %.1f (%.0f %% of all, %.1f Gflop/s)",
                    threads, time, adding.sorted()[adding.count / 2] * 1e3, products, 100 * products / time,
                    flop / products / 1e6))
            best = min(best, time)
            if let weights = path?.readouts[5].weights { expected = [weights[0, 0], weights[1, 0], weights[0, 1]] }
        }
        let exact = try seconds {
            var qr = QRAccumulator(nodes: nodes, outputs: 10)
            try qr.add(states: x, targets: y)
            return try qr.path(lambdas: lambdas).readouts[5].weights
        }
        let difference = zip([exact.0[0, 0], exact.0[1, 0], exact.0[0, 1]], expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
        print(String(format: "  Larmor, QR, 1 thread: %.1f ms; differs by %.1e", exact.1 * 1e3, difference))
        var peers: [String: Double] = [:]
        for script in [["-c", ownBLAS], ["ridge.py"]] {
            let times = Peers.compare(
                script, bench: "ridge_10_lambdas", only: "\"N\": \(samples), \"P\": \(nodes)", own_ms: best, expected: expected,
                tolerance: 2e-9)
            peers.merge(times) { min($0, $1) }
        }
        for (name, time) in peers.sorted(by: { $0.key < $1.key }) {
            print(String(format: "  best of %@: %.1f ms, %.2f times Larmor's best", name, time, time / best))
        }
    }
}
