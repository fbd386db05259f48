import Confidence
import Recognition
package import Signals

/// Compares the words of a stage with what they should have been, where cues (prompts, markers) tell what is said next.
///
/// A cue is a text of a stream. Words that end after it, before the next one, and within ten seconds and one more for each of its words,
/// are aligned with the cue's words (Levenshtein): those that stand in it are right, all others wrong. Case and punctuation do not
/// count. Words before the first cue, and long after one, are nobody's. It reads no clock.
package struct CueScorer {
    /// Words of one cue.
    package struct Scored: Equatable {
        /// Number of the cue, from 1.
        package var cue: Int
        package var text: String
        package var words: [Word]
    }

    /// A word that a stage read.
    package struct Word: Equatable {
        package var text: String
        /// ``Decision/rawScore``.
        package var score: Double
        /// Of its evidence; nil where the stage tells none.
        package var posterior: Double?
        /// Calibrated; nil where the stage has no certificate.
        package var confidence: Double?
        package var isRight = false
        fileprivate var end: HostTime
    }

    private struct Cue {
        var number: Int
        var text: String
        var words: [String]
        var begin: HostTime
        /// Of its patience, or where the next cue begins.
        var end: HostTime
        /// Not all of its text is known.
        var isCut: Bool
    }

    /// Seconds after a cue in which its words may end, and so many more for each of its words.
    private static let patience = 10.0
    private static let patienceForWord = 1.0
    /// Seconds that a word may be decided after its end; then the cue is judged.
    private static let lateness = 3.0

    private let truth: String
    private let stage: String?
    private let isFilm: Bool
    private var cues: [Cue] = []
    private var words: [Word] = []
    private var count = 0

    /// - Parameters:
    ///   - truth: name of the stream of cues.
    ///   - stage: name of the stage whose words are compared; nil for one without a name.
    ///   - isFilm: whether they are a film's words.
    package init(truth: String, stage: String?, isFilm: Bool) { (self.truth, self.stage, self.isFilm) = (truth, stage, isFilm) }

    /// Takes any decision, in their order.
    package mutating func take(_ decision: Decision) {
        switch decision.content {
        case .marker(let stream, let texts, let at, let isCut) where stream == truth:
            take(cue: texts.joined(separator: " "), at: at ?? decision.hostTime, isCut: isCut)
        case .word(let text, _, _) where !isFilm: take(word: text, decision)
        case .filmWord(let text, _, _, _, _) where isFilm: take(word: text, decision)
        default: break
        }
    }

    private mutating func take(cue text: String, at time: HostTime, isCut: Bool) {
        let words = Self.words(of: text)
        // Neither "+" nor an empty line says what comes.
        guard !words.isEmpty else { return }
        count += 1
        if let last = cues.indices.last, cues[last].end > time { cues[last].end = time }
        let patience = Self.patience + Self.patienceForWord * Double(words.count)
        cues.append(Cue(number: count, text: text, words: words, begin: time, end: time + patience, isCut: isCut))
    }

    private mutating func take(word text: String, _ decision: Decision) {
        guard decision.stage == stage, !decision.isPartial, !cues.isEmpty, let score = decision.rawScore else { return }
        words.append(
            Word(
                text: text, score: score, posterior: decision.evidence?.posterior, confidence: decision.judgement?.confidence,
                end: decision.spanEnd ?? decision.hostTime
            ))
    }

    /// The cues that no further word can belong to, with their words; cues without words are left out.
    package mutating func judged(at now: HostTime) -> [Scored] {
        var judged: [Scored] = []
        while let cue = cues.first, now - cue.end >= Self.lateness { judged += judge(cue) }
        return judged
    }

    /// No further decision comes.
    package mutating func finish() -> [Scored] {
        var judged: [Scored] = []
        while let cue = cues.first { judged += judge(cue) }
        return judged
    }

    private mutating func judge(_ cue: Cue) -> [Scored] {
        cues.removeFirst()
        // Words in a silence between two cues, which are past, go with it.
        var own = words.filter { $0.end >= cue.begin && $0.end < cue.end }
        words.removeAll { $0.end < cue.end || cues.isEmpty }
        guard !own.isEmpty, !cue.isCut else { return [] }
        let read = own.map { Self.words(of: $0.text).joined(separator: " ") }
        for pair in WordAlignment(reference: cue.words, hypothesis: read).pairs {
            if let place = pair.place { own[place].isRight = pair.said == pair.read }
        }
        return [Scored(cue: cue.number, text: cue.text, words: own)]
    }

    /// Runs of letters, digits and apostrophes, in lower case.
    static func words(of text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "’") }.map(String.init)
    }
}
