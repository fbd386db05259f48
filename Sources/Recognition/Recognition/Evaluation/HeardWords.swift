/// A word that a recogniser read, where, and how sure it may be of it.
public struct HeardWord: Sendable, Equatable {
    public var text: String
    /// Frames of its first and last unit, counted from the start of the stream, 100 a second.
    public var firstFrame: UInt64
    public var lastFrame: UInt64
    /// Natural logarithm at the frame; of a spelt word the sum over its units. It is what the event log tells.
    public var logProbability: Float
    /// nil where there is none (``WordScorer``).
    public var evidence: WordEvidence?

    public init(
        text: String, firstFrame: UInt64, lastFrame: UInt64, logProbability: Float, evidence: WordEvidence? = nil
    ) {
        (self.text, self.firstFrame, self.lastFrame) = (text, firstFrame, lastFrame)
        (self.logProbability, self.evidence) = (logProbability, evidence)
    }
}

/// Collects the words of a running recogniser, each with its evidence as soon as that is whole.
struct HeardWords {
    private let units: Units
    private var scorer: WordScorer
    private var words: [HeardWord] = []
    /// Words whose evidence is not whole yet.
    private var waiting: [Waiting] = []
    /// Of the word that is being spelt.
    private var spelling: [StreamingRecognizer.Word] = []
    private var beforeSpelling: UInt64?
    private var lastNamed: UInt64?
    private var frame: UInt64 = 0

    private struct Waiting {
        var place: Int
        var labels: [Int]
        var previous: UInt64?
        var following: UInt64?
    }

    init(_ card: RecognizerModel.Card) {
        units = card.units
        scorer = WordScorer(card)
    }

    mutating func take(_ recognizer: StreamingRecognizer, power: Float?, named unit: StreamingRecognizer.Word?) {
        scorer.take(recognizer, number: frame, power: power, eeg: nil)
        if let unit {
            switch units.kind {
            case .words: add([unit], previous: nil, following: nil)
            case .characters: spell(unit)
            }
            lastNamed = unit.frame
        }
        frame += 1
        score(upTo: frame - 1)
    }

    private mutating func spell(_ unit: StreamingRecognizer.Word) {
        guard units.texts[unit.index].allSatisfy(\.isWhitespace) else {
            if spelling.isEmpty { beforeSpelling = lastNamed }
            spelling.append(unit)
            return
        }
        endSpelling(following: unit.frame)
    }

    private mutating func endSpelling(following: UInt64?) {
        if !spelling.isEmpty { add(spelling, previous: beforeSpelling, following: following) }
        spelling = []
    }

    private mutating func add(_ named: [StreamingRecognizer.Word], previous: UInt64?, following: UInt64?) {
        guard let first = named.first, let last = named.last else { return }
        waiting.append(
            Waiting(place: words.count, labels: named.map { $0.index + 1 }, previous: previous, following: following))
        words.append(
            HeardWord(
                text: named.map { units.texts[$0.index] }.joined(), firstFrame: first.frame, lastFrame: last.frame,
                logProbability: named.reduce(0) { $0 + $1.logProbability }))
    }

    /// - Parameter newest: the last frame that was taken; nil at the end of the stream.
    private mutating func score(upTo newest: UInt64?) {
        while let next = waiting.first {
            let word = words[next.place]
            let isWhole = next.following != nil || newest.map { $0 >= word.lastFrame + UInt64(scorer.lookAhead) } ?? true
            guard isWhole else { return }
            words[next.place].evidence = scorer.evidence(
                of: next.labels, first: word.firstFrame, last: word.lastFrame, previous: next.previous,
                following: next.following)
            waiting.removeFirst()
        }
    }

    /// The stream has ended.
    mutating func finish() -> [HeardWord] {
        endSpelling(following: nil)
        score(upTo: nil)
        return words
    }
}
