/// Reads utterances from a stream of emissions: partial texts while they are said, words with times and confidences when they end.
///
/// Its state is a value. Nothing depends on how the frames come; memory is bounded by the longest utterance.
public struct UtteranceDecoder: Sendable {
    /// Where utterances end, and what is told of them. Numbers of frames.
    public struct Options: Sendable, Equatable {
        /// An utterance ends when so many frames have passed since the last in which a unit was likeliest.
        public var silence = 60
        /// And when it is so long.
        public var longest = 3000
        /// Texts that are told, 1 or more.
        public var alternatives = 10
        /// Of the shares among the alternatives (``HypothesisPosteriors``).
        public var temperature = 3.0

        public init() {}

        public func check() throws(SearchError) {
            guard silence >= 1 else { throw SearchError(.option("silence", expected: "1 frame or more", found: "\(silence)")) }
            guard (1...1_000_000).contains(longest) else {
                throw SearchError(.option("longest utterance", expected: "1 to 1000000 frames", found: "\(longest)"))
            }
            guard (1...1000).contains(alternatives) else {
                throw SearchError(.option("alternatives", expected: "1 to 1000", found: "\(alternatives)"))
            }
            guard temperature > 0, temperature.isFinite else {
                throw SearchError(.option("temperature", expected: "more than 0", found: "\(temperature)"))
            }
        }
    }

    /// The text so far of an utterance that has not ended.
    public struct Partial: Sendable, Equatable {
        public var text: String
        /// The part that no later frame can change: whole units.
        public var settled: String
        /// Frame of the stream in which its last unit began.
        public var frame: Int
    }

    public let options: Options
    /// Texts that a word's posterior is taken from, at least.
    private static let weighed = 100
    private var search: PrefixBeamSearch
    private var emissions: [Float] = []
    /// Frames before this utterance.
    private var start = 0
    private var sinceUnit = 0
    private var firstWord: [Int] = []
    private var firstWordSince = 0

    public init(_ graph: DecodingGraph, options: Options = Options()) throws(SearchError) {
        try options.check()
        self.options = options
        search = PrefixBeamSearch(graph)
        emissions.reserveCapacity(options.longest * graph.units.count)
    }

    private var graph: DecodingGraph { search.graph }
    /// Frames of the stream before the utterance that is being said.
    public var utteranceStart: Int { start }
    /// Frames of the stream.
    public var frame: Int { start + search.frame }

    /// Takes one frame.
    /// - Parameter values: natural logarithm of each unit's probability.
    /// - Returns: the utterance that ends with it.
    public mutating func push(_ values: UnsafeBufferPointer<Float>) throws(SearchError) -> DecodedUtterance? {
        try search.push(values)
        emissions.append(contentsOf: values)
        // The blank as the search weighs it: a label that may stand anywhere in a window is in none of its frames likelier than nothing.
        var likeliest = graph.units.blank
        var most = values[likeliest] - graph.options.blankPenalty
        for unit in 0..<values.count where unit != graph.units.blank && values[unit] > most {
            (likeliest, most) = (unit, values[unit])
        }
        let isSilent = likeliest == graph.units.blank || likeliest == graph.units.separator
        sinceUnit = isSilent ? sinceUnit + 1 : 0
        if search.frame & 3 == 0 { noteFirstWord() }
        if sinceUnit >= options.silence { return ended(.silence) }
        return search.frame >= options.longest ? ended(.longest) : nil
    }

    /// Takes frames that lie one after another.
    /// - Returns: the utterances that end in them.
    public mutating func push(frames: [Float]) throws(SearchError) -> [DecodedUtterance] {
        let width = graph.units.count
        guard frames.count % width == 0 else { throw SearchError(.width(expected: width, found: frames.count % width)) }
        var found: [DecodedUtterance] = []
        try frames.withUnsafeBufferPointer { values throws(SearchError) in
            for start in stride(from: 0, to: values.count, by: width) {
                if let ended = try push(UnsafeBufferPointer(rebasing: values[start..<start + width])) { found.append(ended) }
            }
        }
        return found
    }

    /// Prefixes in the search's tree: what its memory grows with. They begin anew with each utterance.
    public var liveNodes: Int { search.liveNodes }

    private mutating func noteFirstWord() {
        let word = firstWord(of: search.partial.units.map(\.unit))
        if word != firstWord { (firstWord, firstWordSince) = (word, search.frame) }
    }

    private func firstWord(of units: [Int]) -> [Int] {
        if let separator = graph.units.separator { return Array(units.drop { $0 == separator }.prefix { $0 != separator }) }
        return graph.units.isSpelt ? units : Array(units.prefix(1))
    }

    /// The text so far; nil before the first unit.
    public var partial: Partial? {
        let partial = search.partial
        guard let last = partial.units.last else { return nil }
        func text(_ units: some Sequence<PrefixBeamSearch.TimedUnit>) -> String {
            graph.units.words(of: units.map(\.unit)).joined(separator: " ")
        }
        return Partial(
            text: text(partial.units), settled: text(partial.units.prefix(partial.settled)), frame: start + last.frame)
    }

    /// The stream has ended.
    public mutating func finish() -> DecodedUtterance? { ended(.stream) }

    private mutating func ended(_ end: DecodedUtterance.End) -> DecodedUtterance? {
        let found = search.hypotheses(limit: max(options.alternatives, Self.weighed))
        let result = found.first.map { $0.units.isEmpty ? nil : utterance(found, end) } ?? nil
        start += search.frame
        search.reset()
        emissions.removeAll(keepingCapacity: true)
        (sinceUnit, firstWord, firstWordSince) = (0, [], 0)
        return result
    }

    /// - Parameter kept: all texts, the best first.
    private func utterance(_ kept: [Hypothesis], _ end: DecodedUtterance.End) -> DecodedUtterance {
        let names = graph.units
        let all = kept.map { names.words(of: $0.units.map(\.unit)) }
        let posteriors = HypothesisPosteriors.words(all, scores: kept.map(\.score))
        let (found, texts) = (kept.prefix(options.alternatives), Array(all.prefix(options.alternatives)))
        let shares = HypothesisPosteriors.shares(found.map(\.score), temperature: options.temperature)
        let best = found[0].units
        let alignment = emissions.withUnsafeBufferPointer {
            UnitAlignment(best.map(\.unit), emissions: $0, width: names.count, blank: names.blank)
        }
        // The search's own times where a unit stands in frames that do not allow it.
        let units = (alignment?.units ?? best.map { .init(unit: $0.unit, frames: $0.frame...$0.frame, probability: 0) }).map {
            UnitAlignment.Unit(
                unit: $0.unit, frames: start + $0.frames.lowerBound...start + $0.frames.upperBound, probability: $0.probability)
        }
        let confidences = HypothesisPosteriors.wordConfidences(texts, shares: shares)
        let spans =
            names.separator.map { separator in units.split { $0.unit == separator } }
            ?? (names.isSpelt ? [units[...]] : units.indices.map { units[$0...$0] })
        let words = texts[0].indices.map { place in
            let span = spans[place]
            return DecodedUtterance.Word(
                text: texts[0][place],
                frames: span[span.startIndex].frames.lowerBound...span[span.endIndex - 1].frames.upperBound,
                confidence: confidences[place], probability: span.map(\.probability).min() ?? 0,
                posterior: posteriors[place].posterior, margin: posteriors[place].margin,
                units: span.startIndex..<span.endIndex)
        }
        let began = firstWord(of: best.map(\.unit))
        let delay = words.first.map { word in
            max(0, start + (began == firstWord ? firstWordSince : search.frame) - word.frames.upperBound)
        }
        return DecodedUtterance(
            frames: start..<start + search.frame, end: end, words: words, units: units,
            alternatives: found.indices.map {
                .init(
                    text: texts[$0].joined(separator: " "), score: found[$0].score, acoustic: found[$0].acoustic,
                    language: found[$0].language, posterior: shares[$0])
            }, firstWordDelay: delay)
    }
}
