/// The same sections over many channels at once, eight beside each other. What comes out depends on what came before only, not on how
/// the signal is cut into blocks. Nothing is allocated after the beginning.
public struct FilterBank: Sendable {
    private typealias Lanes = SIMD8<Double>

    public let channels: Int
    /// Values of a row: the channels and what fills the last eight.
    public let width: Int
    private let sections: [FilterSection]
    /// Two for each section and eight channels.
    private var states: [Lanes]

    public init(_ sections: [FilterSection], channels: Int) {
        precondition(channels > 0, "a filter has a channel")
        (self.sections, self.channels) = (sections, channels)
        width = (channels + 7) / 8 * 8
        states = [Lanes](repeating: .zero, count: 2 * sections.count * (width / 8))
    }

    /// Forgets what came before.
    public mutating func reset() {
        for place in states.indices { states[place] = .zero }
    }

    /// A state that fades to numbers which processors are slow with is nothing at all.
    mutating func flushSmallStates() {
        for place in states.indices {
            states[place].replace(with: Lanes.zero, where: states[place] .< 1e-200 .& states[place] .> -1e-200)
        }
    }

    /// Filters rows in place.
    /// - Parameter rows: shape `[frames, width]`; finite values.
    public mutating func process(_ rows: UnsafeMutableBufferPointer<Double>) {
        guard let base = rows.baseAddress else { return }
        let frames = rows.count / width
        let groups = width / 8
        states.withUnsafeMutableBufferPointer { states in
            for group in 0..<groups {
                let first = UnsafeMutableRawPointer(base + 8 * group)
                for (place, section) in sections.enumerated() {
                    let own = 2 * (group * sections.count + place)
                    Self.run(section, first, frames: frames, stride: width * 8, &states[own], &states[own + 1])
                }
            }
        }
    }

    @inline(__always)
    private static func run(
        _ section: FilterSection, _ first: UnsafeMutableRawPointer, frames: Int, stride: Int, _ state1: inout Lanes,
        _ state2: inout Lanes
    ) {
        var (s1, s2) = (state1, state2)
        var place = first
        if section.m0 == 0 {
            for _ in 0..<frames {
                let x = place.loadUnaligned(as: Lanes.self)
                let v = s1 * section.a1 + (x - s2) * section.a2
                s1 = v + v - s1
                s2 += v * section.twoG
                place.storeBytes(of: v * section.m1, as: Lanes.self)
                place += stride
            }
        } else {
            for _ in 0..<frames {
                let x = place.loadUnaligned(as: Lanes.self)
                let v = s1 * section.a1 + (x - s2) * section.a2
                s1 = v + v - s1
                s2 += v * section.twoG
                place.storeBytes(of: x * section.m0 + v * section.m1, as: Lanes.self)
                place += stride
            }
        }
        (state1, state2) = (s1, s2)
    }
}
