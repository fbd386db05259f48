import FilmPeers
import Foundation
import MagneticFilm
import Measuring

// Speed of the continuum film: `swift run -c release ContinuumFilmBenchmark [--small]`.
// Rates are the best of repeated pieces. Peers marked "on file" were timed on another day on a machine of the same kind.

let isSmall = CommandLine.arguments.contains("--small")
let budget = isSmall ? 0.02 : 0.5
let peaks: [String: Double] = ["Double": peak_flops_double(), "Float": peak_flops_float()]
let widths = [34, 16, 22, 44]
print("processor: \(processor()), \(ProcessInfo.processInfo.activeProcessorCount) cores, \(InstructionSet.best)")
for (precision, peak) in peaks.sorted(by: { $0.key < $1.key }) {
    print("peak of one core: \(scientific(peak)) \(precision) flop/s (fused products and sums)")
}
print(
    "copy: \(scientific(copy_bandwidth(1 << 18))) B/s at 256 KiB, \(scientific(copy_bandwidth(1 << 21))) at 2 MiB, "
        + "\(scientific(copy_bandwidth(1 << 26))) at 64 MiB\n")

func row(_ cells: String...) { print(row: cells, widths: widths) }

print("Heun, demagnetising field in both evaluations, cell-steps/s")
row("cells, threads, precision", "Larmor", "of the peak", "OOMMF 2.1a0, on file")
let onFile = [10: ["4.9e5", "1.3e5"], 50: ["2.5e6", "2.1e6"], 100: ["2.8e6", "3.8e6"], 200: ["2.6e6", "4.5e6"]]
func heunRow<Scalar: ContinuumScalar>(_ precision: Scalar.Type, side: Int, threads: Int) throws {
    let rate = try heunRate(precision, side: side, threads: threads, budget: budget)
    let share = rate.cellSteps * flopsPerCellStep(side: side) / (peaks["\(Scalar.self)"]! * Double(threads))
    row(
        "\(side) × \(side), \(threads), \(Scalar.self)", scientific(rate.cellSteps), String(format: "%.0f %%", share * 100),
        "\(onFile[side]?[threads - 1] ?? "–")   mean \(rate.hash)")
}
for side in isSmall ? [10, 20] : [10, 50, 100, 200] {
    for threads in [1, 2] {
        try heunRow(Double.self, side: side, threads: threads)
        try heunRow(Float.self, side: side, threads: threads)
    }
}
print(
    "a cell-step at 100 × 100: \(Int(flopsPerCellStep(side: 100))) flop, about \(Int(bytesPerCellStep())) B through the caches\n"
)

print("muMAG standard problem 4, 1 ns, two threads")
row("cells, field, precision", "relax + run, s", "evaluations", "crossing, end;  OOMMF on file")
let problems: [(Int, Int, Int, String)] = [
    (100, 25, 1, "1.7 s (1 thread)"), (100, 25, 2, "–"), (200, 50, 1, "16.3 s (2 threads)"), (200, 50, 2, "–"),
]
func problemRow<Scalar: ContinuumScalar>(_ precision: Scalar.Type, _ nx: Int, _ ny: Int, _ field: Int, _ peer: String) throws {
    let run = try problem4(precision, nx: nx, ny: ny, field: field, threads: 2, repeats: isSmall ? 1 : 3)
    let end = (0..<3).map { String(format: "%.6f", run.end[$0]) }.joined(separator: ", ")
    row(
        "\(nx) × \(ny), \(field), \(Scalar.self)", String(format: "%.2f + %.2f", run.relaxing, run.running),
        "\(run.evaluations), \(scientific(Double(run.evaluations * nx * ny) / run.running)) cells/s",
        String(format: "%.4f ps, (%@);  %@", run.crossing_ps, end, peer))
}
for (nx, ny, field, peer) in isSmall ? Array(problems.prefix(1)) : problems {
    try problemRow(Double.self, nx, ny, field, peer)
    try problemRow(Float.self, nx, ny, field, peer)
}

for (nx, ny) in isSmall ? [] : [(100, 25), (200, 50)] {
    if let peer = try neuralMag(nx: nx, ny: ny) {
        let end = peer.end.map { String(format: "%.6f", $0) }.joined(separator: ", ")
        row(
            "\(nx) × \(ny), 1: NeuralMag", String(format: "%.2f + %.2f", peer.relaxing, peer.running), "same run",
            "(\(end)), nodal discretisation")
    } else {
        row("\(nx) × \(ny), 1: NeuralMag", nx == 100 ? "5.9 + 2.5" : "? + 17.7", "on file", "")
    }
}

print("\nhow cost grows, Heun, two threads, Double")
row("cells", "cell-steps/s", "µs per step", "set-up, s")
for side in isSmall ? [5, 30] : [5, 7, 10, 20, 30, 50, 100, 200, 300, 500, 1000] {
    let rate = try heunRate(Double.self, side: side, threads: 2, budget: budget)
    row(
        "\(side) × \(side)", scientific(rate.cellSteps), String(format: "%.2f", Double(side * side) / rate.cellSteps * 1e6),
        String(format: "%.3f", rate.setUp))
}
