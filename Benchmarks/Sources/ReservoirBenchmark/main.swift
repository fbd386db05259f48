import Foundation
import LinearAlgebra
import Measuring

// Films in a batch on two threads and on one. Ridge path and echo-state network on the peers' inputs, peers in the same run:
// PEER_PYTHON names interpreters (several with ":") with SciPy, scikit-learn and ReservoirPy, PEER_SCRIPTS the folder of ridge.py and esn.py (../../shared/peers). Where the environment sets
// OPENBLAS_CORETYPE or OPENBLAS_L2_SIZE, peers run without them. `check` values are compared before times are.
// Example: PEER_PYTHON=peers/bin/python ReservoirBenchmark films ridge esn

let wanted = Set(CommandLine.arguments.dropFirst())
let parts = wanted.isEmpty ? ["films", "ridge", "esn"] : wanted
print("processor: \(processor()); kernels of Larmor's BLAS: \(BLAS.kernels)")
Peers.printKernels()
do {
    if parts.contains("films") { try FilmBatchWork().run() }
    if parts.contains("ridge") { try RidgeWork.cases.forEach { try $0.run() } }
    if parts.contains("esn") { try EchoWork.cases.forEach { try $0.run() } }
} catch {
    print("ReservoirBenchmark: \(error)")
    exit(1)
}
