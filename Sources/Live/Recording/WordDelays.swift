public import Recognition
public import SignalFeatures
public import Signals

/// When words were decided, beside the decisions: a replay makes the same decisions and must not know these times. For one thread.
///
/// A word's delay is the time from its end to the host's time of its decision. Where somebody knows what was said and when,
/// ``ofSpoken(_:_:)`` counts from the end of the spoken word. Live, nobody does; then the delay counts from the end of the span
/// that the decision itself names: of the film's words the stretch of speech, of the network's the one frame in which it named the
/// word, which lies behind the word's end.
package struct WordDelays {
    /// Words that are kept for a comparison with what was said.
    package static let mostKept = 1 << 16

    private var named = ComputingTimes()
    /// The words that were decided, where they are kept.
    package private(set) var decided: [DecidedWord] = []
    private let keeps: Bool

    /// - Parameter keeps: whether what was said will be known.
    package init(keeps: Bool) {
        self.keeps = keeps
        if keeps { decided.reserveCapacity(Self.mostKept) }
    }

    /// - Parameters:
    ///   - end: of the span that the decision names; nil where no clock tells.
    package mutating func record(word: String, end: HostTime?, decided time: HostTime) {
        if let end { named.record(seconds: time - end) }
        if keeps, decided.count < Self.mostKept { decided.append(DecidedWord(text: word, at: time)) }
    }

    /// Of the spans that the decisions name; nil when there was none.
    package var ofNamedSpans: RunReport.WordDelay? { named.quantiles.map { RunReport.WordDelay($0, from: .namedSpanEnd) } }
}

/// A word that was decided, and when on the host's clock.
public struct DecidedWord: Sendable, Equatable {
    public var text: String
    /// When it was decided.
    public var at: HostTime

    public init(text: String, at: HostTime) {
        self.text = text
        self.at = at
    }
}

extension RunReport.WordDelay {
    /// A decision that comes later than so many seconds after a word's end is none of that word.
    public static let longest = 3.0

    /// From the ends of spoken words to the decisions that name them.
    ///
    /// A word's decision is the first one of its text from its beginning on, at most ``longest`` after its end and before the same word
    /// starts over. Words without one count for nothing here; a decision may come before a word's very end.
    /// - Parameters:
    ///   - spoken: in the order of their beginnings.
    ///   - decided: in the order of their decisions.
    /// - Returns: nil when no spoken word was named.
    public static func ofSpoken(_ spoken: [SpokenTime], _ decided: [DecidedWord]) -> RunReport.WordDelay? {
        var isUsed = [Bool](repeating: false, count: decided.count)
        var seconds: [Double] = []
        for (index, word) in spoken.enumerated() {
            let again = spoken[(index + 1)...].first { $0.text == word.text }?.begin
            let last = min(word.end + longest, again ?? HostTime(nanoseconds: .max))
            let found = decided.indices.first {
                !isUsed[$0] && decided[$0].text == word.text && decided[$0].at >= word.begin && decided[$0].at < last
            }
            guard let found else { continue }
            isUsed[found] = true
            seconds.append(decided[found].at - word.end)
        }
        return RunReport.Quantiles(seconds: seconds).map { RunReport.WordDelay($0, from: .spokenEnd) }
    }
}

extension HeardSound {
    /// Takes what the recognisers heard since the last call, of a run that was told that somebody knows what is said. For one thread; to
    /// be called at least once a second.
    public mutating func listen(to run: LiveRun) { if let sound = run.sound { take(sound.ring, stream: sound.stream) } }
}
