import Signals

/// The random numbers of a game or a learner; stored with it, so that it goes on as if it had not been interrupted.
public struct Chance: Sendable, Codable, Equatable {
    private var generator: SplitMix64

    public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    public init(from decoder: any Decoder) throws {
        generator = SplitMix64(seed: try decoder.singleValueContainer().decode(UInt64.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(generator.seed)
    }

    public static func == (a: Chance, b: Chance) -> Bool { a.generator.seed == b.generator.seed }

    /// 64 random bits.
    @inline(__always) package mutating func bits() -> UInt64 { generator.next() }

    /// Uniform in [0, 1).
    @inline(__always) package mutating func uniform() -> Double { generator.uniform() }

    /// Standard normal.
    package mutating func normal() -> Double { generator.normal() }

    /// 0 ..< bound.
    @inline(__always) package mutating func integer(below bound: Int) -> Int { generator.integer(below: bound) }

    /// A seed for another purpose.
    package mutating func split() -> UInt64 { generator.split() }

    /// Brings the first `count` elements into a random order, by Fisher and Yates, from the last one down.
    package mutating func shuffle<Element>(_ elements: inout [Element], first count: Int? = nil) {
        var place = (count ?? elements.count) - 1
        while place > 0 {
            elements.swapAt(place, integer(below: place + 1))
            place -= 1
        }
    }
}
