/// A sound of a corpus that can hardly hold what its text says. It is kept like the others; whoever learns from it shall know.
public struct DoubtfulSound: Sendable, Equatable, Encodable {
    public enum Problem: String, Sendable, Encodable {
        /// No sample differs from another by more than two steps of 16 bits.
        case silent
        /// Less than a frame of 25 ms.
        case short
    }

    /// The file, as the corpus names it.
    public var audio: String
    public var problem: Problem

    private static let shortest_s = 0.025
    private static let stillest: Float = 2.5 / 32768

    /// nil for a sound that is as it should be.
    init?(_ spoken: SpokenText, rate: Int, audio: String) {
        self.audio = audio
        if Double(spoken.samples.count) < Self.shortest_s * Double(rate) {
            problem = .short
        } else if let least = spoken.samples.min(), let most = spoken.samples.max(), most - least <= Self.stillest {
            problem = .silent
        } else {
            return nil
        }
    }
}

extension [DoubtfulSound] {
    private static var named: Int { 5 }

    /// How many there are, and the first of them by name; nil where there is none.
    public var warning: String? {
        guard !isEmpty else { return nil }
        let names = prefix(Self.named).map { "\($0.audio) (\($0.problem == .silent ? "silent" : "shorter than 25 ms"))" }
        let more = count > Self.named ? " and \(count - Self.named) more" : ""
        return "\(count == 1 ? "1 sound holds" : "\(count) sounds hold") no word: \(names.joined(separator: ", "))\(more); "
            + "they are taken like the others: record them anew, or take them out"
    }
}
