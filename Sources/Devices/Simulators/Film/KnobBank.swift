public import Protocols

/// The knobs of a simulated device: it keeps its limits, joint limits and rates itself, at every moment of a change.
///
/// Section 6a of `firmware-protocols/riglink`. Time comes with the calls, in nanoseconds of the device's clock.
public struct KnobBank: Sendable {
    public let description: RigLinkKnobs
    public private(set) var targets: [Double]
    public private(set) var values: [Double]
    private var moved_ns: UInt64 = 0

    /// - Precondition: knobs that a device can have.
    public init(_ description: RigLinkKnobs) {
        self.description = description
        targets = description.knobs.map(\.rest)
        values = targets
    }

    /// Moves the knobs to where they are at a time: first those that make room, then those that need some.
    public mutating func move(to time_ns: UInt64) {
        let seconds = time_ns > moved_ns ? Double(time_ns - moved_ns) * 1e-9 : 0
        moved_ns = max(moved_ns, time_ns)
        for needsRoom in [false, true] {
            for (index, knob) in description.knobs.enumerated() {
                var step = targets[index] - values[index]
                if knob.largestRate > 0 {
                    let most = knob.largestRate * seconds
                    step = min(max(step, -most), most)
                }
                var next = values[index] + step
                guard (abs(next) > abs(values[index])) == needsRoom else { continue }
                if needsRoom {
                    let room = room(for: index)
                    if room <= abs(values[index]) { continue }
                    next = min(max(next, -room), room)
                }
                values[index] = next
            }
        }
    }

    /// The largest size of a knob that the joint limits leave, as the others are now.
    private func room(for index: Int) -> Double {
        var room = Double.infinity
        for limit in description.joint where limit.weights[index] > 0 {
            let others = limit.load(values) - limit.weights[index] * abs(values[index])
            room = min(room, (limit.highest - others) / limit.weights[index])
        }
        return room
    }

    /// Takes all entries or none.
    public mutating func set(_ setting: RigLinkKnobSetting) -> RigLinkKnobState {
        RigLinkKnobState(
            request: setting.request, outcome: take(setting.entries),
            values: zip(targets, values).map { .init(target: $0, now: $1) })
    }

    private mutating func take(_ entries: [RigLinkKnobSetting.Entry]) -> RigLinkKnobState.Outcome {
        var next = targets
        var seen: Set<Int> = []
        var outcome = RigLinkKnobState.Outcome.taken
        for entry in entries {
            guard description.knobs.indices.contains(entry.knob), entry.value.isFinite, seen.insert(entry.knob).inserted else {
                return .refused
            }
            let knob = description.knobs[entry.knob]
            next[entry.knob] = min(max(entry.value, knob.lowest), knob.highest)
            if next[entry.knob] != entry.value { outcome = .limited }
        }
        guard description.joint.allSatisfy({ $0.load(next) <= $0.highest }) else { return .refused }
        targets = next
        return outcome
    }

    /// The rest values become the targets.
    public mutating func rest() { targets = description.knobs.map(\.rest) }
}
