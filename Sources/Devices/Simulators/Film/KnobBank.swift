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
        // Each knob moves once, also one that crosses zero.
        let before = values
        let next = description.knobs.indices.map { index in
            let step = targets[index] - before[index]
            let rate = description.knobs[index].largestRate
            guard rate > 0 else { return before[index] + step }
            return before[index] + min(max(step, -rate * seconds), rate * seconds)
        }
        let needsRoom = next.indices.map { abs(next[$0]) > abs(before[$0]) }
        for index in next.indices where !needsRoom[index] { values[index] = next[index] }
        for index in next.indices where needsRoom[index] {
            let room = room(for: index)
            if room > abs(values[index]) { values[index] = min(max(next[index], -room), room) }
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
