import Protocols
import RigTuning
import Signals
import Testing

/// What stands between a learner and the devices.
struct KnobGuardTests {
    private static let panel = KnobPanel([
        (
            name: "a",
            knobs: RigLinkKnobs(
                [
                    .init(name: "x", kind: "k", part: 0, unit: .tesla, lowest: -1, highest: 1, largestRate: 2, rest: 0),
                    .init(name: "y", kind: "k", part: 1, unit: .tesla, lowest: 0, highest: 3, largestRate: 0, rest: 1),
                ], joint: [.init(name: "sum", highest: 3, weights: [1, 1])])
        ),
        (
            name: "b",
            knobs: RigLinkKnobs([
                .init(name: "z", kind: "l", unit: .tesla, lowest: -5, highest: 5, largestRate: 1, rest: 0)
            ])
        ),
    ])
    private let guardian = KnobGuard(panel)

    @Test func `a panel counts films over its devices, and keeps each device's joint limit to its own knobs`() {
        let panel = Self.panel
        #expect(panel.films == 3 && panel.knobs.map(\.film) == [0, 1, 2])
        #expect(panel.knobs.map(\.fullName) == ["a.x", "a.y", "b.z"])
        #expect(panel.joint.map(\.weights) == [[1, 1, 0]])
    }

    @Test func `values outside go to the nearest limit, no numbers leave their knob, and both are counted`() {
        let found = guardian.admit([7, .nan, -.infinity], from: [0, 1, 0.5])
        #expect(found.values == [1, 1, 0.5] && found.clipped == 1 && found.refused == 2 && !found.isJointLimited)
    }

    @Test func `a joint limit cuts the way short where the straight line meets it`() {
        let found = guardian.admit([1, 3, 2], from: [0, 1, 0])
        #expect(found.isJointLimited)
        // |x| + |y| = 3 on the line from (0, 1) to (1, 3): two thirds of it.
        for (value, expected) in zip(found.values, [2.0 / 3, 1 + 4.0 / 3, 4.0 / 3]) { #expect(abs(value - expected) < 1e-6) }
        #expect(Self.panel.joint[0].load(found.values) <= 3)
    }

    @Test func `a step goes as far as the slowest knob may, and all stay on the line`() {
        let next = guardian.step(from: [0, 0, 0], to: [1, 2, 1], seconds: 0.1)
        // x may make 0.2, z 0.1 of 1; y has no limit.
        for (value, expected) in zip(next, [0.1, 0.2, 0.1]) { #expect(abs(value - expected) < 1e-12) }
        #expect(guardian.step(from: next, to: [1, 2, 1], seconds: 10) == [1, 2, 1])
        #expect(guardian.step(from: next, to: [1, 2, 1], seconds: -1) == next)
        #expect(guardian.seconds(from: [0, 0, 0], to: [1, 2, 1]) == 1)
    }

    @Test func `a person's limits are added to the device's, and cannot leave its rest value outside`() throws {
        var panel = Self.panel
        try panel.narrow(0, to: -0.5...9, rate: 5)
        #expect(panel.knobs[0].lowest == -0.5 && panel.knobs[0].highest == 1 && panel.knobs[0].largestRate == 2)
        #expect(throws: TuningError.self) { try panel.narrow(1, to: 2...3, rate: nil) }
    }
}
