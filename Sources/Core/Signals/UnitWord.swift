/// A unit as LSL streams and XDF files write it, and what it is in ours.
public struct UnitWord: Equatable, Sendable {
    /// The SI unit.
    public var unit: Unit
    /// Ours for one of theirs.
    public var scale: Double

    /// Words that are understood, in lower case; the first of a unit is the one of the meta-data conventions.
    public static let words: [String: UnitWord] = {
        var words: [String: UnitWord] = [:]
        for (names, unit, scale) in table { for name in names { words[name] = UnitWord(unit: unit, scale: scale) } }
        return words
    }()

    /// - Parameter word: as the stream has it. One that is not known leaves the numbers as they are and the unit unspecified:
    ///   a guess would be wrong by powers of ten.
    public init(word: String) { self = Self.words[word.lowercased()] ?? UnitWord(unit: .unspecified, scale: 1) }

    init(unit: Unit, scale: Double) {
        self.unit = unit
        self.scale = scale
    }

    private static let table: [([String], Unit, Double)] = [
        (["volts", "volt", "v"], .volt, 1),
        (["millivolts", "millivolt", "mv"], .volt, 1e-3),
        // The micro sign and the Greek letter are different characters.
        (["microvolts", "microvolt", "uv", "\u{B5}v", "\u{3BC}v"], .volt, 1e-6),
        (["nanovolts", "nanovolt", "nv"], .volt, 1e-9),
        (["normalized", "fs"], .fullScale, 1),
        (["tesla", "t"], .tesla, 1),
        (["millitesla", "mt"], .tesla, 1e-3),
        (["microtesla", "ut", "\u{B5}t", "\u{3BC}t"], .tesla, 1e-6),
        (["g"], .gravity, 1),
        (["m/s^2", "m/s2", "m/s²", "metres per second squared"], .gravity, 1 / 9.80665),
        (["ohms", "ohm", "\u{3C9}", "\u{2126}"], .ohm, 1),
        (["kiloohms", "kohm", "kohms", "k\u{3C9}"], .ohm, 1e3),
        (["counts", "count"], .count, 1),
        (["1", "dimensionless"], .dimensionless, 1),
    ]
}
