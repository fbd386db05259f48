import Foundation
import MagneticFilm
import Measuring

struct HeunRate {
    /// Per second.
    var cellSteps: Double
    var setUp: Double
    var hash: String
}

/// Fixed Heun steps, the demagnetising field in each of the two evaluations, on a square film of 5 nm cells.
func heunRate<Scalar: ContinuumScalar>(
    _ precision: Scalar.Type, side: Int, threads: Int, budget: Double
) throws -> HeunRate {
    let (film, setUp) = try seconds {
        try ContinuumFilm<Scalar>(
            mesh: FilmMesh(nx: side, ny: side, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: .permalloy, threads: threads)
    }
    film.setMagnetisation { SIMD3(1, 0.3 * sin($0.x * 1e8), 0.2 * cos($0.y * 1e8)) }
    try film.advance(steps: 4, timeStep_s: 1e-13, method: .heun)
    let mean = film.mean
    let text = hash([Float(mean.x), Float(mean.y), Float(mean.z)])
    let steps = max(1, 20_000 / film.mesh.cells)
    let time = bestSeconds(budget: budget) { try? film.advance(steps: steps, timeStep_s: 1e-13, method: .heun) }
    return HeunRate(cellSteps: Double(steps * film.mesh.cells) / time, setUp: setUp, hash: text)
}

struct ProblemRun {
    var relaxing: Double
    var running: Double
    var evaluations: Int
    var crossing_ps: Double
    var end: SIMD3<Double>
}

/// Standard problem 4 for 1 ns: the best of `repeats` runs.
func problem4<Scalar: ContinuumScalar>(
    _ precision: Scalar.Type, nx: Int, ny: Int, field: Int, threads: Int, repeats: Int
) throws -> ProblemRun {
    var best: ProblemRun?
    for _ in 0..<repeats {
        let (film, relaxing) = try seconds {
            try StandardProblem4.relaxedFilm(nx: nx, ny: ny, threads: threads, precision: precision)
        }
        let (curve, running) = try seconds {
            try StandardProblem4.run(
                film, field_T: field == 1 ? StandardProblem4.field1_T : StandardProblem4.field2_T)
        }
        if let known = best, known.running <= running { continue }
        best = ProblemRun(
            relaxing: relaxing, running: running, evaluations: curve.evaluations, crossing_ps: curve.crossing_ps,
            end: curve.means[curve.means.count - 1])
    }
    return best!
}

/// Operations of one Heun step per cell: two evaluations.
///
/// A complex transform of n points counts 5 n log₂ n, one of a real line half of it. Rows that are all zeros are not
/// transformed. Per wave vector the tensor takes 3 × 3 products of a real with a complex number, of which four vanish in one
/// layer; exchange 16 per component, two cross products and sums 30, the step itself 24.
func flopsPerCellStep(side: Int) -> Double {
    let n = Double(side)
    let padded = Double(paddedLength(2 * side - 1))
    let rows = padded / 2 + 1
    let along = 2 * 3 * n * 2.5 * padded * log2(padded)
    let across = 2 * 3 * rows * 5 * padded * log2(padded)
    let product = rows * padded * 16
    return 2 * ((along + across + product) / (n * n) + 3 * 16 + 30 + 24)
}

/// The least length without prime factors above 5; the film may take a longer one that is cheaper.
private func paddedLength(_ minimum: Int) -> Int {
    var length = max(minimum, 1)
    while true {
        var rest = length
        for factor in [2, 3, 5] { while rest.isMultiple(of: factor) { rest /= factor } }
        if rest == 1 { return length }
        length += 1
    }
}

/// Bytes that the passes of one Heun step touch per cell, each value once per pass: magnetisation in, padded half spectrum out,
/// in, out, in (three complex components) with the tensor's octant, field out and in, slopes and states.
func bytesPerCellStep() -> Double {
    // The half spectrum has about twice as many complex numbers as there are cells where rows are not padded yet.
    let spectrum = 3 * 2 * 16.0 / 2
    return 2 * (3 * 8 + 4 * spectrum + 4 * 8 + 3 * 8 + 3 * 8 * 8)
}
