import Glibc
public import Protocols
import Signals

/// What is around films on a bench: a bias coil, drive amplifier and readout with knobs for each film, heat that films share, and a bias
/// that drifts.
///
/// With u a drive value of film f, in tesla, the field is
///
///     h = drive_scale_f · clamp(input_gain_f · u, ±full scale) + bias_field_f + drift_f + k θ_f
///
/// and with leak_f = a the state that is read is y = (1 − a) m + a y of the frame before. The film's warming θ_f, in kelvin, follows
///
///     τ dθ_f/dt = R (P_f + c Σ P_g) − θ_f,   P_f = p · mean(h²),   g: its neighbours f − 1 and f + 1.
///
/// Each drive frame takes `frame_s` of this time, so the same frames give the same answers.
public struct FilmBench: Sendable, Equatable {
    /// Seconds that a drive frame stands for.
    public var frame_s = 1e-3
    /// Where the input amplifier ends, tesla.
    public var fullScale_T = 0.5
    /// p: power of a drive, watt for each tesla squared.
    public var power_W_per_T2 = 4.0
    /// R, kelvin for each watt.
    public var thermalResistance_K_per_W = 20.0
    /// τ.
    public var thermalTime_s = 2.0
    /// c: the share of a neighbour's power that comes over; 0 for films that know nothing of each other.
    public var coupling = 0.3
    /// k: tesla for each kelvin.
    public var bias_T_per_K = 5e-3
    /// The bias drifts as a random walk with this standard deviation after an hour; 0 for none.
    public var drift_T_per_rootHour = 0.0
    /// Of the drift.
    public var seed: UInt64 = 1
    /// The most that the drives of all films may take together, by their scales: Σ drive_scale ≤ this many times the films.
    public var jointScale = 1.5

    public init() {}

    /// Four knobs for each film.
    public func knobs(films: Int) -> RigLinkKnobs {
        var knobs: [RigLinkKnobs.Knob] = []
        for film in 0..<films {
            func add(_ kind: String, _ unit: Unit, _ lowest: Double, _ highest: Double, _ rate: Double, _ rest: Double) {
                knobs.append(
                    .init(
                        name: "film\(film + 1).\(kind)", kind: kind, part: film, unit: unit, lowest: lowest, highest: highest,
                        largestRate: rate, rest: rest))
            }
            add("drive_scale", .dimensionless, 0, 2, 2, 1)
            add("bias_field", .tesla, -0.2, 0.2, 0.2, 0)
            add("leak", .dimensionless, 0, 0.95, 2, 0)
            add("input_gain", .dimensionless, 0, 4, 4, 1)
        }
        let weights = knobs.map { $0.kind == "drive_scale" ? 1.0 : 0 }
        return RigLinkKnobs(knobs, joint: [.init(name: "drive power", highest: jointScale * Double(films), weights: weights)])
    }
}

/// The bench's state beside the films'.
struct BenchState {
    private let bench: FilmBench
    private let films: Int
    private var chance: SplitMix64
    /// θ of each film, kelvin.
    private(set) var warming: [Double]
    private(set) var drift: [Double]
    private var power: [Double]
    /// y of the last frame; nil before the first one.
    private var read: [Float] = []

    init(_ bench: FilmBench, films: Int) {
        (self.bench, self.films) = (bench, films)
        chance = SplitMix64(seed: bench.seed)
        warming = [Double](repeating: 0, count: films)
        (drift, power) = (warming, warming)
    }

    /// The films begin anew; the bench stays as warm as it is.
    mutating func forgetReadings() { read = [] }

    /// Turns a frame of drive values into fields.
    /// - Parameter knobs: values, four for each film.
    mutating func fields(_ drive: inout [Float], knobs: [Double]) {
        let cells = drive.count / films
        for film in 0..<films {
            let (scale, bias, gain) = (knobs[4 * film], knobs[4 * film + 1], knobs[4 * film + 3])
            let offset = bias + drift[film] + bench.bias_T_per_K * warming[film]
            var squares = 0.0
            for place in film * cells..<(film + 1) * cells {
                let amplified = min(max(gain * Double(drive[place]), -bench.fullScale_T), bench.fullScale_T)
                let driven = scale * amplified
                squares += (driven + bias) * (driven + bias)
                drive[place] = Float(driven + offset)
            }
            power[film] = bench.power_W_per_T2 * squares / Double(cells)
        }
        age()
    }

    private mutating func age() {
        // Exact for a constant power: no step is too long.
        let kept = exp(-bench.frame_s / bench.thermalTime_s)
        let walk = bench.drift_T_per_rootHour * (bench.frame_s / 3600).squareRoot()
        for film in 0..<films {
            let left = film > 0 ? power[film - 1] : 0
            let right = film + 1 < films ? power[film + 1] : 0
            let end = bench.thermalResistance_K_per_W * (power[film] + bench.coupling * (left + right))
            warming[film] = end + (warming[film] - end) * kept
            if walk > 0 { drift[film] += walk * chance.normal() }
        }
    }

    /// Turns states into readings.
    mutating func readings(_ state: inout [Float], knobs: [Double]) {
        if read.isEmpty { read = state }
        let values = state.count / films
        for film in 0..<films {
            let leak = Float(knobs[4 * film + 2])
            for place in film * values..<(film + 1) * values {
                read[place] = (1 - leak) * state[place] + leak * read[place]
                state[place] = read[place]
            }
        }
    }
}
