public import Recognition
import Signals

/// Which voices of espeak-ng speak a split. A voice is a variant, an accent, a pitch, a range of pitch and a tempo.
///
/// Variants of different splits differ, and so do the pitches of training and of the other two.
public struct VoiceSet: Sendable, Equatable {
    public var training = [
        "m1", "f1", "m2", "f3", "m4", "m6", "m8", "klatt", "klatt2", "klatt3", "Andy", "Annie", "belinda", "benjamin", "Diogo",
        "david",
        "ed", "Gene", "grandpa", "iven", "Jacky", "john", "kaukovalta", "Lee", "marcelo", "max", "Michael", "miguel", "Denis",
        "norbert",
        "pedro", "quincy", "rob", "robert", "sandro", "shelby", "victor", "anika", "Alex", "adam", "antonio", "aunty", "caleb",
        "gustave",
        "Henrique", "Hugo", "Marco", "Mike",
    ]
    public var validation = ["m5", "f5", "Alicia", "boris", "linda", "paul", "klatt5", "travis"]
    public var test = [
        "m3", "m7", "f2", "f4", "klatt4", "Andrea", "Mario", "edward", "grandma", "pablo", "steph", "zac", "michel",
    ]

    public init() {}

    public func variants(_ split: Utterance.Split) -> [String] {
        switch split {
        case .train: training
        case .validation: validation
        case .test: test
        }
    }

    /// Pitches as espeak-ng counts them, 20 … 79, in bands of five: training has every second band, the other splits those between.
    package static func pitches(_ split: Utterance.Split) -> [Int] {
        (20..<80).filter { ($0 / 5 % 2 == 0) == (split == .train) }
    }

    /// Words a minute.
    static let rates = 120...200
    /// How much the pitch moves, as espeak-ng counts it.
    static let ranges = 30...70

    /// A voice for a sentence.
    func draw(_ split: Utterance.Split, accents: [String], _ random: inout SplitMix64) -> SpokenVoice {
        func pick<Value>(_ values: [Value]) -> Value { values[random.integer(below: values.count)] }
        return SpokenVoice(
            accent: pick(accents), variant: pick(variants(split)), pitch: pick(Self.pitches(split)),
            range: pick(Array(Self.ranges)),
            rate: pick(Array(Self.rates)))
    }

    /// A variant that two splits have, by which they would not be apart.
    package var shared: String? {
        let all = training + validation + test
        return Set(training).intersection(validation + test).union(Set(validation).intersection(test)).sorted().first
            ?? (all.contains("") ? "" : nil)
    }
}

/// How a sentence is spoken.
struct SpokenVoice: Equatable {
    /// A language or accent of espeak-ng, such as “en-us”.
    var accent: String
    var variant: String
    var pitch: Int
    var range: Int
    var rate: Int

    /// As espeak-ng names it.
    var name: String { "\(accent)+\(variant)" }
}
