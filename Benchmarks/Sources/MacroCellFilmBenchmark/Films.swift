import MagneticFilm
import Measuring

func configuration(_ side: Int) -> MacroCellFilmConfiguration {
    MacroCellFilmConfiguration(rows: side, columns: side, material: .nickel, damping: 0.1)
}

func drive(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * 37) % 41) / 400 - 0.05 } }

struct FilmRate {
    var cellSteps: Double
    var setUp: Double
    var hash: String
}

/// One film on one thread, a drive of its own and a dipole refresh every 100 steps.
func rate<Scalar: MacroCellScalar>(
    _ scalar: Scalar.Type, side: Int, _ set: InstructionSet = .best, budget: Double
) throws -> FilmRate {
    let (film, setUp) = try seconds { try MacroCellFilm<Scalar>(configuration(side), instructionSet: set) }
    let drive = drive(film.cells)
    var states = [Float](repeating: 0, count: 3 * film.cells)
    // About a millisecond per piece, or one input.
    let inputs = max(1, 3000 / film.cells)
    func step(_ count: Int) {
        drive.withUnsafeBufferPointer { drive in
            states.withUnsafeMutableBufferPointer { states in
                for _ in 0..<count { film.step(drive: drive, into: states) }
            }
        }
    }
    step(2)
    let hash = hash(states)
    let time = bestSeconds(budget: budget) { step(inputs) }
    return FilmRate(cellSteps: Double(inputs * 100 * film.cells) / time, setUp: setUp, hash: hash)
}

func batchRate(films: Int, side: Int, threads: Int, budget: Double) throws -> FilmRate {
    let (batch, setUp) = try seconds {
        try MacroCellBatch<Float>([MacroCellFilmConfiguration](repeating: configuration(side), count: films))
    }
    let inputs = 20
    let drive = drive(inputs * films * batch.cells)
    var states = [Float](repeating: 0, count: 3 * drive.count)
    func run() {
        drive.withUnsafeBufferPointer { drive in
            states.withUnsafeMutableBufferPointer { _ = batch.run(drive, into: $0, threads: threads) }
        }
    }
    run()
    let hash = hash(states)
    let time = bestSeconds(budget: budget, run)
    return FilmRate(
        cellSteps: Double(inputs * 100 * films * batch.cells) / time, setUp: setUp, hash: hash)
}
