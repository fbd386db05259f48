import Protocols
import RigTuning
import Signals
import Simulators

/// Films whose state is their field, behind real firmware.
final class MirrorFilm: DrivenFilm {
    let films: Int
    let name = "mirror"
    let timing = RigLinkTiming(model: "physical", timeStep_s: 0, stepsPerInput: 1, refreshSteps: 0)
    var channels: Int { 2 * films }

    init(_ films: Int) { self.films = films }

    func reset(seed: UInt64) {}

    func answer(_ drive: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>) {
        for film in 0..<films {
            for place in 0..<6 { states[6 * film + place] = place < 2 ? drive[2 * film + place] : 0 }
        }
    }
}

/// A bench of such films with a clock of its own, and everything that its firmware had for knobs.
final class MirrorBench {
    let line: FirmwareLine
    /// After each message of the host: time and values.
    private(set) var log: [(time: HostTime, values: [Double])] = []
    /// Knobs after each message, as the firmware keeps them.
    var knobs: RigLinkKnobs { line.firmware.descriptor.knobs ?? RigLinkKnobs([]) }

    init(films: Int = 3, _ change: (inout FilmBench) -> Void = { _ in }) {
        var bench = FilmBench()
        change(&bench)
        line = FirmwareLine(FilmFirmware(MirrorFilm(films), bench: bench), frame_s: bench.frame_s)
        line.watch = { [weak self] firmware, time in
            guard let values = firmware.knobs?.values else { return }
            self?.log.append((time, values))
        }
    }

    func doors() throws -> KnobDoors { try SimulatedBench.doors(line) }
    func rig(_ doors: KnobDoors, _ task: RigTask = RigTask()) -> LinkedRig { LinkedRig(doors, task, clock: line.clock) }

    func forget() { log = [] }

    /// Where the log breaks a limit, a joint limit or a rate; nil where it does not.
    var breach: String? {
        for (place, entry) in log.enumerated() {
            for (index, knob) in knobs.knobs.enumerated() {
                let value = entry.values[index]
                if !(value >= knob.lowest && value <= knob.highest) { return "\(knob.name) \(value) at entry \(place)" }
                guard place > 0, knob.largestRate > 0 else { continue }
                let seconds = entry.time - log[place - 1].time
                let change = abs(value - log[place - 1].values[index])
                if change > knob.largestRate * seconds + 1e-9 { return "\(knob.name) by \(change) in \(seconds) s" }
            }
            for limit in knobs.joint where limit.load(entry.values) > limit.highest + 1e-9 { return "\(limit.name)" }
        }
        return nil
    }
}
