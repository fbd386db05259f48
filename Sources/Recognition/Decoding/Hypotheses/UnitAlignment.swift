import Foundation

/// When each unit of a text was said: sums over all alignments of the text with the emissions (forward–backward, Graves 2006).
public struct UnitAlignment: Sendable, Equatable {
    public struct Unit: Sendable, Equatable {
        public var unit: Int
        /// Frames in which it most probably begins and ends, the last one included; counted from the first frame.
        public var frames: ClosedRange<Int>
        /// Mean of the network's probability of the unit, over frames weighed by how probably it stands there.
        public var probability: Double

        public init(unit: Int, frames: ClosedRange<Int>, probability: Double) {
            (self.unit, self.frames, self.probability) = (unit, frames, probability)
        }
    }

    public let units: [Unit]
    /// Natural logarithm of the text's probability, without a language model.
    public let logProbability: Double

    /// - Parameters:
    ///   - units: without blanks.
    ///   - emissions: natural logarithms [frames, width].
    /// - Returns: nil when there is no alignment: too few frames, or a unit that no frame allows.
    public init?(_ units: [Int], emissions: UnsafeBufferPointer<Float>, width: Int, blank: Int) {
        let frames = emissions.count / width
        let states = 2 * units.count + 1
        guard frames > 0 else {
            guard units.isEmpty else { return nil }
            (self.units, logProbability) = ([], 0)
            return
        }
        func emission(_ frame: Int, _ state: Int) -> Double {
            Double(emissions[frame * width + (state & 1 == 1 ? units[state / 2] : blank)])
        }
        /// Whether a unit may follow the one before without a blank.
        func skips(_ state: Int) -> Bool { state & 1 == 1 && state > 1 && units[state / 2] != units[state / 2 - 1] }
        let never = -Double.infinity
        var forward = [Double](repeating: never, count: frames * states)
        forward[0] = emission(0, 0)
        if states > 1 { forward[1] = emission(0, 1) }
        for frame in 1..<max(1, frames) {
            for state in 0..<states {
                let before = (frame - 1) * states + state
                var sum = forward[before]
                if state > 0 { sum = Self.sum(sum, forward[before - 1]) }
                if skips(state) { sum = Self.sum(sum, forward[before - 2]) }
                forward[frame * states + state] = sum + emission(frame, state)
            }
        }
        let end = frames * states - 1
        let total = states > 1 ? Self.sum(forward[end], forward[end - 1]) : forward[end]
        guard total > never else { return nil }
        logProbability = total
        // What follows a state, from the last frame back; occupation of the frame after, and of staying until then.
        var backward = [Double](repeating: never, count: states)
        backward[states - 1] = 0
        if states > 1 { backward[states - 2] = 0 }
        var first = [(Double, Int)](repeating: (-1, 0), count: units.count)
        var last = first
        var weight = [Double](repeating: 0, count: units.count)
        var weighted = weight
        var staysAfter = weight
        for frame in stride(from: frames - 1, through: 0, by: -1) {
            for unit in units.indices {
                let state = 2 * unit + 1
                let here = exp(forward[frame * states + state] + backward[state] - total)
                let stayed =
                    frame == 0
                    ? 0 : exp(forward[(frame - 1) * states + state] + emission(frame, state) + backward[state] - total)
                // Later frames were seen before; of equals the earlier counts.
                if here - stayed >= first[unit].0 { first[unit] = (here - stayed, frame) }
                if here - staysAfter[unit] > last[unit].0 { last[unit] = (here - staysAfter[unit], frame) }
                staysAfter[unit] = stayed
                weight[unit] += here
                weighted[unit] += here * exp(emission(frame, state))
            }
            guard frame > 0 else { break }
            var earlier = [Double](repeating: never, count: states)
            for state in 0..<states {
                var sum = backward[state] + emission(frame, state)
                if state + 1 < states { sum = Self.sum(sum, backward[state + 1] + emission(frame, state + 1)) }
                if state + 2 < states, skips(state + 2) {
                    sum = Self.sum(sum, backward[state + 2] + emission(frame, state + 2))
                }
                earlier[state] = sum
            }
            backward = earlier
        }
        var begin = 0
        self.units = units.indices.map { unit in
            begin = max(begin, first[unit].1)
            return Unit(
                unit: units[unit], frames: begin...max(begin, last[unit].1),
                probability: min(1, weighted[unit] / max(weight[unit], .leastNormalMagnitude)))
        }
    }

    private static func sum(_ a: Double, _ b: Double) -> Double {
        let high = max(a, b)
        return high == -.infinity ? high : high + log1p(exp(min(a, b) - high))
    }
}
