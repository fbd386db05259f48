import Devices
import MagneticFilm
import Signals
public import Simulators
import Transports

/// The rig of the study: six simulated films on one bench, with shared heat, cross-talk and a bias that drifts.
///
/// Everything here was fixed before anything was tuned, and is no result of a search. It is a model of a bench, not a measurement of one.
///
/// | quantity | value | why |
/// |---|---|---|
/// | film | 4 × 4 macro-cells of 5 nm, Ni, damping 0.4, 100 steps of 0.1 ps for an input | the founding study's film (arXiv 2101.12700), small |
/// | R, thermal resistance | 20 K/W | a small coil on a bare board; of the order of JEDEC JESD51 packages (10 to 60 K/W) |
/// | τ, thermal time | 2 s | R times the heat capacity of a quarter of a gram of copper (0.385 J/(g K)) |
/// | p, power of a field | 4 W/T² | the ohmic loss of a coil is quadratic in its field: 40 mW for 0.1 T |
/// | c, cross-talk of heat | 0.3 of a neighbour's power | the coupling term of a thermal resistance matrix (JESD51-31): below 1, falls with the distance |
/// | k, field for each kelvin | 5 mT/K | offset of an uncompensated bias coil with its amplifier; chosen so that some kelvin matter |
/// | drift of the bias | random walk, 40 mT after an hour | 1/f² noise of a current source that was not warmed up; chosen so that some minutes matter |
/// | frame | 10 ms | a slow bench: a window of 600 frames is 6 s, three thermal times |
/// | input | one input, all cells, weights of density 0.5 and a bias, 0.2 T | a usual first guess: as strong as the bench drives without ending its amplifier |
///
/// Start values are the knobs' rest values (``FilmBench/knobs(films:)``): drive scale 1, bias 0, leak 0, input gain 1.
/// The heat is the lumped model of any text on heat transfer (F. Incropera, D. DeWitt, chapter 5.1): one resistance and one capacity.
public struct SimulatedBench: Sendable, Equatable {
    public var films = 6
    /// Of a film's edge.
    public var edge = 4
    public var damping = 0.4
    public var bench: FilmBench

    /// - Parameters:
    ///   - isCoupled: whether films share heat.
    ///   - isDrifting: whether the bias drifts.
    ///   - seed: of the drift.
    public init(isCoupled: Bool = true, isDrifting: Bool = true, seed: UInt64 = 1) {
        bench = FilmBench()
        bench.frame_s = 0.01
        bench.coupling = isCoupled ? 0.3 : 0
        bench.drift_T_per_rootHour = isDrifting ? 0.04 : 0
        bench.seed = seed
    }

    /// - Throws: `FilmError`.
    public func line() throws -> FirmwareLine {
        guard let material = FilmMaterial.known["Ni"] else { preconditionFailure("nickel is known") }
        let film = MacroCellFilmConfiguration(rows: edge, columns: edge, material: material, damping: damping)
        let firmware = try FilmFirmware([MacroCellFilmConfiguration](repeating: film, count: films), bench: bench)
        return FirmwareLine(firmware, frame_s: bench.frame_s)
    }

    /// The bench's doors, with its own clock.
    public static func doors(_ line: FirmwareLine, name: String = "bench") throws -> KnobDoors {
        let driver = RigLinkDriver(
            name: name, port: "simulated", waker: try Waker(), clock: line.clock
        ) { port, _ in line.open(port: port) }
        return try KnobDoors([try KnobbedDevice(name: name, driver: driver, clock: line.clock)], clock: line.clock)
    }
}
