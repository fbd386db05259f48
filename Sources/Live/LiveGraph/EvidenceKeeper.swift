import Recognition
import Signals

/// Gives a recogniser's final words their evidence, and keeps each back until that is whole: for the model's label window, no longer.
struct EvidenceKeeper {
    private let units: Units
    private var scorer: WordScorer
    /// Mean powers of frames that wait on the grid, the oldest first.
    private var powers: [Float] = []
    private var kept: (decision: Decision, word: StreamingRecognizer.Word)?
    /// Frames of the word that is being spelt, and of the unit that was named before it.
    private var spelt: (first: UInt64, last: UInt64, previous: UInt64?)?
    private var lastNamed: UInt64?

    init(_ card: RecognizerModel.Card) {
        units = card.units
        scorer = WordScorer(card)
        powers.reserveCapacity(FeatureGrid.usualCapacity)
    }

    /// A frame of sound goes onto the grid.
    mutating func hear(power: Float) { powers.append(power) }

    /// The recogniser took the oldest frame of the grid.
    mutating func take(
        _ recognizer: StreamingRecognizer, number: UInt64, eeg: UnsafeBufferPointer<Float>?, named: StreamingRecognizer.Word?
    ) {
        scorer.take(recognizer, number: number, power: powers.isEmpty ? nil : powers.removeFirst(), eeg: eeg)
        guard let named else { return }
        defer { lastNamed = named.frame }
        guard units.kind == .characters, units.texts[named.index] != " " else { return }
        spelt = (spelt?.first ?? named.frame, named.frame, spelt == nil ? lastNamed : spelt?.previous)
    }

    mutating func keep(_ decision: Decision, _ word: StreamingRecognizer.Word) { kept = (decision, word) }

    /// The word that was kept back, when its window has passed or the stream has ended.
    mutating func due(isLast: Bool = false) -> Decision? {
        guard let (decision, word) = kept, isLast || scorer.frames > word.frame + UInt64(scorer.lookAhead) else { return nil }
        kept = nil
        var told = decision
        told.evidence = evidence(of: word.index + 1, at: word.frame)
        return told
    }

    func evidence(of label: Int, at frame: UInt64) -> WordEvidence? { scorer.evidence(of: [label], first: frame, last: frame) }

    /// Of a word that has been spelt, which ends here.
    /// - Parameter unit: the space that ended it; nil after a pause and at the end.
    mutating func spelling(_ text: String, endedBy unit: StreamingRecognizer.Word?) -> WordEvidence? {
        defer { spelt = nil }
        guard let spelt, let labels = try? units.labels(of: text) else { return nil }
        return scorer.evidence(
            of: labels, first: spelt.first, last: spelt.last, previous: spelt.previous, following: unit?.frame)
    }
}
