import Protocols

/// What stands between whoever tunes and the devices: it brings every wish within limits, joint limits and rates.
///
/// Pure, and the same for all learners. It knows nothing of why a value is wished for.
public struct KnobGuard: Sendable {
    public let panel: KnobPanel

    public init(_ panel: KnobPanel) { self.panel = panel }

    /// What became of a wish.
    public struct Admission: Sendable, Equatable {
        /// What the knobs may head for.
        public var values: [Double]
        /// Wishes that were brought to the nearest limit.
        public var clipped: Int
        /// Wishes that were no finite numbers; their knobs stay.
        public var refused: Int
        /// Whether a joint limit cut the way short.
        public var isJointLimited: Bool
    }

    /// Below a joint limit by this share, so that no rounding on the way can be above it.
    private static let margin = 1e-9

    /// - Parameters:
    ///   - asked: a value for each knob; anything.
    ///   - present: where the knobs are or head for, within all limits.
    public func admit(_ asked: [Double], from present: [Double]) -> Admission {
        precondition(asked.count == panel.knobs.count && present.count == asked.count, "one value for each knob")
        var (clipped, refused) = (0, 0)
        var values = present
        for (index, knob) in panel.knobs.enumerated() {
            guard asked[index].isFinite else {
                refused += 1
                continue
            }
            values[index] = min(max(asked[index], knob.lowest), knob.highest)
            if values[index] != asked[index] { clipped += 1 }
        }
        let share = share(of: values, from: present)
        let isCut = share < 1
        if isCut { values = zip(present, values).map { $0 + share * ($1 - $0) } }
        return Admission(values: values, clipped: clipped, refused: refused, isJointLimited: isCut)
    }

    /// How far along the straight way from `present` all joint limits are kept. They are convex, so all of the way up to there is.
    private func share(of values: [Double], from present: [Double]) -> Double {
        var share = 1.0
        for limit in panel.joint {
            let most = limit.highest - abs(limit.highest) * Self.margin
            func isKept(_ share: Double) -> Bool { limit.load(zip(present, values).map { $0 + share * ($1 - $0) }) <= most }
            // The start may use a limit up.
            if isKept(share) || limit.load(values) <= limit.load(present) && limit.load(values) <= limit.highest { continue }
            var (low, high) = (0.0, share)
            for _ in 0..<60 {
                let middle = (low + high) / 2
                if isKept(middle) { low = middle } else { high = middle }
            }
            share = low
        }
        return share
    }

    /// The next values to send on the way to a goal: as far on the straight line as every knob's rate allows in that time.
    /// - Parameters:
    ///   - last: what was sent last.
    ///   - goal: admitted.
    ///   - seconds: since then, 0 or more.
    public func step(from last: [Double], to goal: [Double], seconds: Double) -> [Double] {
        var share = 1.0
        for (index, knob) in panel.knobs.enumerated() where knob.largestRate > 0 {
            let distance = abs(goal[index] - last[index])
            let most = knob.largestRate * max(0, seconds)
            if distance > most { share = min(share, most / distance) }
        }
        guard share < 1 else { return goal }
        return zip(last, goal).map { $0 + share * ($1 - $0) }
    }

    /// Seconds that the way takes at the largest rates.
    public func seconds(from last: [Double], to goal: [Double]) -> Double {
        panel.knobs.indices.reduce(0) { longest, index in
            let rate = panel.knobs[index].largestRate
            return rate > 0 ? max(longest, abs(goal[index] - last[index]) / rate) : longest
        }
    }
}
