import FilmPeers
import Foundation
import MagneticFilm
import Measuring

// Speed of the macro-cell film: `swift run -c release MacroCellFilmBenchmark [--small]`.
// One binary; every rate is the best of repeated pieces, on one thread unless a row says otherwise.
// Peers marked "on file" were timed on another day on a machine of the same kind (see the project's notes on magnetic films).

let isSmall = CommandLine.arguments.contains("--small")
let budget = isSmall ? 0.02 : 0.5
print("processor: \(processor()), \(ProcessInfo.processInfo.activeProcessorCount) cores, \(InstructionSet.best)")

// Counted in macro_cell_kernel.inc, a fused product and sum as two: per stage 33 for exchange, 10 for the field, 18 for two
// cross products, 9 for the turn; 19 to predict and 16 to correct, square root and division as one each.
let flops = 2.0 * (33 + 10 + 18 + 9) + 19 + 16
// Values: stage one reads m, geometry (4) and b, writes p and q; stage two reads p, q, geometry and b, writes m.
let values = 10.0 + 6 + 13 + 3
let (peakFloat, peakDouble) = (peak_flops_float(), peak_flops_double())
print("peak of one core: \(scientific(peakFloat)) Float and \(scientific(peakDouble)) Double flop/s (fused products and sums)")
print(
    "copy: \(scientific(copy_bandwidth(1 << 14))) B/s at 16 KiB, \(scientific(copy_bandwidth(1 << 18))) at 256 KiB, "
        + "\(scientific(copy_bandwidth(1 << 26))) at 64 MiB")
print("a cell-step: \(Int(flops)) flop, \(Int(4 * values)) B in Float, \(Int(8 * values)) B in Double\n")

let widths = [34, 14, 14, 34]

func share(_ rate: Double, _ peak: Double) -> String { String(format: "%.0f %% of the peak", 100 * rate * flops / peak) }

func plainFloat(_ side: Int) -> Double {
    let film = plain_film_make_float(Int32(side))
    defer { plain_film_free_float(film) }
    let drive = drive(side * side)
    return Double(side * side * 100) / bestSeconds(budget: budget) { plain_film_steps_float(film, drive, 100) }
}

func plainDouble(_ side: Int) -> Double {
    let film = plain_film_make_double(Int32(side))
    defer { plain_film_free_double(film) }
    let drive = drive(side * side).map { Double($0) }
    return Double(side * side * 100) / bestSeconds(budget: budget) { plain_film_steps_double(film, drive, 100) }
}

print("10 × 10 cells, 100 fs, dipoles every 100 steps, one thread")
print(row: ["what", "cell-steps/s", "", ""], widths: widths)
for set in InstructionSet.available.reversed() {
    let float = try rate(Float.self, side: 10, set, budget: budget)
    let double = try rate(Double.self, side: 10, set, budget: budget)
    let isBest = set == .best
    print(
        row: [
            "Float, \(set)", scientific(float.cellSteps), isBest ? share(float.cellSteps, peakFloat) : "",
            "states \(float.hash)",
        ],
        widths: widths)
    print(
        row: [
            "Double, \(set)", scientific(double.cellSteps), isBest ? share(double.cellSteps, peakDouble) : "",
            "states \(double.hash)",
        ], widths: widths)
}
print(row: ["plain C loop, Float", scientific(plainFloat(10)), "same run", "-O3 -ffast-math -march=native"], widths: widths)
print(row: ["plain C loop, Double", scientific(plainDouble(10)), "same run", "-O3 -ffast-math -march=native"], widths: widths)
if let vampire = try vampireRate() {
    print(row: ["the study's VAMPIRE", scientific(vampire), "same run", "LARMOR_VAMPIRE"], widths: widths)
} else {
    print(row: ["the study's VAMPIRE", "1.17e+06", "on file", ""], widths: widths)
}
print(row: ["VAMPIRE develop", "3.96e+06", "on file", ""], widths: widths)

print("\n32 films of 10 × 10 cells, Float")
let alone = try rate(Float.self, side: 10, budget: budget)
print(row: ["32 separate runs, one thread", scientific(alone.cellSteps), "", ""], widths: widths)
for threads in [1, 2] {
    let batch = try batchRate(films: 32, side: 10, threads: threads, budget: budget)
    print(
        row: ["batch, \(threads) thread\(threads > 1 ? "s" : "")", scientific(batch.cellSteps), "", "states \(batch.hash)"],
        widths: widths)
}

print("\nhow cost grows, one thread")
print(row: ["cells", "Float", "Double", "set-up Float, µs per step Float"], widths: widths)
for side in isSmall ? [5, 10, 30] : [5, 7, 10, 15, 20, 30, 50, 100, 200, 500, 1000] {
    let float = try rate(Float.self, side: side, budget: budget)
    let double = try rate(Double.self, side: side, budget: budget)
    print(
        row: [
            "\(side) × \(side)", scientific(float.cellSteps), scientific(double.cellSteps),
            String(format: "%.4f s, %.2f", float.setUp, Double(side * side) / float.cellSteps * 1e6),
        ], widths: widths)
}
print("100 × 100 on file: the study's VAMPIRE 6.3e5 with 34 s set-up, VAMPIRE develop 1.03e6 without input")
