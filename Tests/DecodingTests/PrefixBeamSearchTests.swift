import AllocationCounter
import Decoding
import Foundation
import Signals
import Testing

struct PrefixBeamSearchTests {
    static let ln10 = log(10.0)

    private func compare(_ graph: DecodingGraph, _ emissions: [Float], _ expected: [BruteForce.Text], _ note: String) throws {
        var search = PrefixBeamSearch(graph)
        try search.push(frames: emissions)
        let found = search.hypotheses(limit: 30)
        #expect(found.count == min(30, expected.count), "\(note)")
        for (place, (a, b)) in zip(found, expected).enumerated() {
            #expect(abs(a.score - b.score) < 2e-4, "\(note), place \(place)")
            // Others of the same score may change places.
            let isAlone = expected.filter { abs($0.score - b.score) < 5e-4 }.count == 1
            guard isAlone else { continue }
            #expect(a.units.map(\.unit) == b.units, "\(note), place \(place)")
            #expect(abs(a.acoustic - b.acoustic) < 4e-4 && abs(a.language - b.language) < 2e-4, "\(note), place \(place)")
        }
    }

    @Test(arguments: [1, 2, 3, 5, 8], [2, 3, 4]) func `a wide beam finds exactly the best texts`(frames: Int, width: Int) throws
    {
        let units = try EmissionUnits(names: Array(["", "a", "b", "c"].prefix(width)))
        for seed in 0..<4 as Range<UInt64> {
            let emissions = BruteForce.emissions(frames: frames, width: width, seed: 100 * seed + UInt64(frames))
            var options = BeamSearchOptions.exact(beam: 20_000)
            options.blankPenalty = seed & 1 == 0 ? 0 : 0.7
            options.insertionBonus = seed & 2 == 0 ? 0 : 0.4
            let bonus = Double(options.insertionBonus)
            let expected = BruteForce.texts(emissions, width: width, blankPenalty: Double(options.blankPenalty)) {
                (bonus * Double($0.count), 0)
            }
            try compare(try DecodingGraph(units: units, options: options), emissions, expected, "seed \(seed)")
        }
    }

    @Test(arguments: 1...4) func `with a model of units the texts are the best by both`(order: Int) throws {
        let names = ["", "a", "b", "c"]
        let model = try LanguageModel(
            sentences: ["abca", "bca", "cab", "aab", "bb", "acca"].map { $0.map(String.init) }, order: order)
        var options = BeamSearchOptions.exact(beam: 20_000)
        options.languageWeight = 0.8
        options.insertionBonus = 0.5
        let graph = try DecodingGraph(
            units: EmissionUnits(names: names), options: options, languageModel: model, fusion: .units)
        for seed in 0..<3 as Range<UInt64> {
            let emissions = BruteForce.emissions(frames: 7, width: 4, seed: seed)
            let expected = BruteForce.texts(emissions, width: 4) { units in
                let logarithm = Self.ln10 * model.logProbability(ofSentence: units.map { names[$0] })
                return (Double(Float(0.8)) * logarithm + 0.5 * Double(units.count), logarithm)
            }
            try compare(graph, emissions, expected, "seed \(seed)")
        }
    }

    static let words = ["a", "ab", "ba", "bb"]
    static let sentences = ["a ab", "ab a ba", "ba a", "a ba ab a", "bb a", "a a ab"].map {
        $0.split(separator: " ").map(String.init)
    }

    @Test(arguments: [true, false], [true, false]) func `words are spelled, and scored where they end`(
        hasModel: Bool, hasHotWord: Bool
    ) throws {
        let names = ["", " ", "a", "b"]
        let model = try LanguageModel(sentences: Self.sentences, order: 3)
        var options = BeamSearchOptions.exact(beam: 20_000)
        options.languageWeight = 0.9
        options.insertionBonus = hasModel ? 0.6 : 0
        let units = try EmissionUnits(names: names, separator: 1)
        let graph = try DecodingGraph(
            units: units, options: options, languageModel: hasModel ? model : nil, lexicon: Self.words,
            hotWords: hasHotWord ? [HotWord("ba a", bonus: 1.5), HotWord("ab", bonus: 0.75), HotWord("a", bonus: -0.5)] : [])
        for seed in 0..<4 as Range<UInt64> {
            let emissions = BruteForce.emissions(frames: 8, width: 4, seed: 20 + seed, spread: 1)
            let expected = BruteForce.texts(emissions, width: 4, separator: 1) { units in
                let pieces = units.split(separator: 1, omittingEmptySubsequences: false).map { $0.map { names[$0] }.joined() }
                var words = pieces
                if words.last == "" { words.removeLast() }
                guard !words.contains(where: { !Self.words.contains($0) }) else { return nil }
                var change = 0.0
                var logarithm = 0.0
                if hasModel {
                    logarithm = Self.ln10 * model.logProbability(ofSentence: words)
                    change = Double(Float(0.9)) * logarithm + Double(Float(0.6)) * Double(words.count)
                }
                if hasHotWord { change += Self.hotWords(words) }
                return (change, logarithm)
            }
            try compare(graph, emissions, expected, "seed \(seed)")
        }
    }

    /// Bonuses from the left: the longest phrase that fits counts, and its words no more for others.
    private static func hotWords(_ words: [String]) -> Double {
        var (place, sum) = (0, 0.0)
        while place < words.count {
            if words[place] == "ba", place + 1 < words.count, words[place + 1] == "a" {
                sum += 1.5
                place += 2
            } else {
                sum += words[place] == "ab" ? 0.75 : words[place] == "a" ? -0.5 : 0
                place += 1
            }
        }
        return sum
    }

    @Test func `without a lexicon unknown words cost their penalty`() throws {
        let names = ["", " ", "a", "b"]
        let model = try LanguageModel(sentences: Self.sentences, order: 2)
        var options = BeamSearchOptions.exact(beam: 20_000)
        options.unknownWordPenalty = 2
        let graph = try DecodingGraph(
            units: EmissionUnits(names: names, separator: 1), options: options, languageModel: model)
        let emissions = BruteForce.emissions(frames: 6, width: 4, seed: 3)
        let expected = BruteForce.texts(emissions, width: 4, separator: 1) { units in
            let words = units.split(separator: 1).map { $0.map { names[$0] }.joined() }
            let logarithm = Self.ln10 * model.logProbability(ofSentence: words)
            return (logarithm - 2 * Double(words.count { model.number(of: $0) == nil }), logarithm)
        }
        // Texts with two separators between words are others than those with one, and read the same.
        var search = PrefixBeamSearch(graph)
        try search.push(frames: emissions)
        let found = search.hypotheses(limit: 10)
        for (a, b) in zip(found, expected) { #expect(abs(a.score - b.score) < 2e-4) }
    }

    // MARK: - Streams

    private static let alphabet = ["", " "] + (0..<10).map { String(UnicodeScalar(UInt8(97 + $0))) }

    private func graph(beam: Int = 16, history: Int = 3000) throws -> DecodingGraph {
        var options = BeamSearchOptions()
        options.beam = beam
        options.historyFrames = history
        let model = try LanguageModel(text: "abc de fab\nfgh ija bc\nabc fgh\n", units: .characters, order: 4)
        return try DecodingGraph(
            units: EmissionUnits(names: Self.alphabet, separator: 1), options: options, languageModel: model)
    }

    @Test(arguments: [1, 7, 64, 1000]) func `pieces of any length give identical texts`(piece: Int) throws {
        let graph = try graph()
        let width = Self.alphabet.count
        let emissions = BruteForce.emissions(frames: 4000, width: width, seed: 9)
        var whole = PrefixBeamSearch(graph)
        try whole.push(frames: emissions)
        var pieces = PrefixBeamSearch(graph)
        for start in stride(from: 0, to: emissions.count, by: piece * width) {
            try pieces.push(frames: Array(emissions[start..<min(emissions.count, start + piece * width)]))
            // Asking changes nothing, nor does a copy that goes on otherwise.
            _ = pieces.partial
            var branch = pieces
            try branch.push(frames: Array(emissions[..<width]))
        }
        #expect(whole.hypotheses(limit: 16) == pieces.hypotheses(limit: 16))
        #expect(whole.partial == pieces.partial)
    }

    @Test func `what is settled never changes`() throws {
        var search = PrefixBeamSearch(try graph(beam: 30, history: 100))
        let width = Self.alphabet.count
        let emissions = BruteForce.emissions(frames: 2000, width: width, seed: 11)
        var settled: [Int] = []
        for start in stride(from: 0, to: emissions.count, by: width) {
            try search.push(frames: Array(emissions[start..<start + width]))
            let partial = search.partial
            let now = partial.units.prefix(partial.settled).map(\.unit)
            #expect(now.starts(with: settled))
            settled = now
        }
        #expect(settled.count > 100)
        #expect(search.partial.units.map(\.unit).starts(with: settled))
    }

    @Test func `memory stays the same over an hour`() throws {
        var search = PrefixBeamSearch(try graph(beam: 8, history: 200))
        let emissions = BruteForce.emissions(frames: 3600, width: Self.alphabet.count, seed: 12)
        var most = 0
        var units = 0
        for minute in 0..<100 {
            try search.push(frames: emissions)
            units += search.takeSettled().count
            if minute == 10 { most = search.liveNodes }
            #expect(minute < 10 || search.liveNodes < 2 * most + 2000)
        }
        #expect(search.frame == 360_000 && units > 10_000)
        #expect(search.liveNodes < 8 * 200 + 100)
    }

    @Test(.enabled(if: allocations_are_counted() == 1, "a sanitizer has a malloc of its own"))
    func `a frame allocates nothing once the tree has its size`() throws {
        var search = PrefixBeamSearch(try graph(beam: 50, history: 100))
        let width = Self.alphabet.count
        let emissions = BruteForce.emissions(frames: 2000, width: width, seed: 13)
        try search.push(frames: emissions)
        _ = search.takeSettled()
        let before = allocation_counts()
        try emissions.withUnsafeBufferPointer { values in
            for frame in 0..<15 { try search.push(UnsafeBufferPointer(rebasing: values[frame * width..<(frame + 1) * width])) }
        }
        let after = allocation_counts()
        #expect(after.claimed == before.claimed)
    }

    @Test func `within the window of a whole word no other begins`() throws {
        let names = ["", "one", "two", "three"]
        var options = BeamSearchOptions()
        options.respect(labelWindow: 4)
        let search = PrefixBeamSearch(try DecodingGraph(units: EmissionUnits(names: names), options: options))
        // Each word's probability is spread over five frames; a second one is not quite impossible in them.
        func frame(_ word: Int, _ share: Float) -> [Float] {
            (0..<4).map { logf($0 == word ? share : $0 == 0 ? 1 - share - 0.004 : 0.002) }
        }
        let silence = [Float](repeating: 0, count: 0) + (0..<20).flatMap { _ in frame(0, 0.994) }
        let spoken = (0..<5).flatMap { _ in frame(2, 0.2) }
        let mixed = (0..<5).flatMap { $0 & 1 == 0 ? frame(1, 0.25) : frame(3, 0.18) }
        var stream = search
        try stream.push(frames: silence + spoken + silence + mixed + silence)
        #expect(stream.hypotheses()[0].units.map(\.unit) == [2, 1])
        options.holdOff = 0
        var free = PrefixBeamSearch(try DecodingGraph(units: EmissionUnits(names: names), options: options))
        try free.push(frames: silence + spoken + silence + mixed + silence)
        #expect(free.hypotheses()[0].units.count > 2)
    }

    @Test func `frames that are none are refused, and the search goes on`() throws {
        var search = PrefixBeamSearch(try graph())
        let good = BruteForce.emissions(frames: 1, width: 12, seed: 1)
        try search.push(frames: good)
        let before = search.hypotheses()
        var bad = good
        bad[3] = .nan
        #expect(throws: SearchError.self) { try search.push(frames: bad) }
        bad[3] = .infinity
        #expect(throws: SearchError.self) { try search.push(frames: bad) }
        #expect(throws: SearchError(.impossible(frame: 1))) {
            try search.push(frames: [Float](repeating: -.infinity, count: 12))
        }
        #expect(throws: SearchError(.width(expected: 12, found: 5))) { try search.push(frames: Array(good.prefix(5))) }
        #expect(search.hypotheses() == before)
        #expect(PrefixBeamSearch(try graph()).hypotheses()[0].units.isEmpty)
    }

    @Test func `options and lists that cannot be are refused`() throws {
        let units = try EmissionUnits(names: Self.alphabet, separator: 1)
        var options = BeamSearchOptions()
        options.languageWeight = .nan
        #expect(throws: SearchError.self) { try DecodingGraph(units: units, options: options) }
        #expect(throws: SearchError(.unspellable("zebra"))) { try DecodingGraph(units: units, lexicon: ["abc", "zebra"]) }
        #expect(throws: SearchError.self) { try DecodingGraph(units: units, lexicon: []) }
        #expect(throws: SearchError(.unspellable("x"))) { try DecodingGraph(units: units, hotWords: [HotWord("x", bonus: 1)]) }
        #expect(throws: SearchError.self) { try EmissionUnits(names: ["", "a"], blank: 2) }
    }
}
