import Decoding
import Foundation
import Testing

struct UtteranceTests {
    static let names = ["", " ", "a", "b"]

    /// Frames in which the units of a text are likely, each for two frames, with two blanks between.
    private func frames(_ text: String, sure: Float = 0.9) -> [Float] {
        text.flatMap { character in
            let unit = Self.names.firstIndex(of: String(character)) ?? 0
            return [unit, unit, 0, 0].flatMap { likely in
                (0..<4).map { logf($0 == likely ? sure : (1 - sure) / 3) }
            }
        }
    }

    private func decoder(_ options: UtteranceDecoder.Options = .init()) throws -> UtteranceDecoder {
        try UtteranceDecoder(DecodingGraph(units: EmissionUnits(names: Self.names, separator: 1)), options: options)
    }

    private func utterances(_ decoder: inout UtteranceDecoder, _ frames: [Float]) throws -> [DecodedUtterance] {
        var found: [DecodedUtterance] = []
        try frames.withUnsafeBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: 4) {
                if let utterance = try decoder.push(UnsafeBufferPointer(rebasing: values[start..<start + 4])) {
                    found.append(utterance)
                }
            }
        }
        return found
    }

    @Test func `utterances end with silence, with their words' frames`() throws {
        var options = UtteranceDecoder.Options()
        options.silence = 20
        var decoder = try decoder(options)
        let pause = String(repeating: "-", count: 8)
        var found = try utterances(&decoder, frames("\(pause)ab ba\(pause)a\(pause)"))
        if let last = decoder.finish() { found.append(last) }
        #expect(found.map(\.text) == ["ab ba", "a"])
        #expect(found.map(\.end) == [.silence, .silence])
        // After 30 frames of silence that begin and end nothing.
        #expect(found[0].words[0].frames.lowerBound == 32 && found[0].words[1].frames.lowerBound == 44)
        #expect(found[0].words.allSatisfy { $0.confidence > 0.3 && $0.confidence <= 1 && $0.probability > 0.5 })
        #expect(abs(found[0].alternatives.reduce(0) { $0 + $1.posterior } - 1) < 1e-9)
        #expect((found[0].firstWordDelay ?? -1) >= 0 && (found[0].firstWordDelay ?? 99) < 12)
    }

    @Test func `an utterance is no longer than the longest, and the stream's end ends it`() throws {
        var options = UtteranceDecoder.Options()
        options.longest = 40
        var decoder = try decoder(options)
        let found = try utterances(&decoder, frames("ab ba ab ba ab"))
        #expect(found.count == 1 && found[0].end == .longest && found[0].frames == 0..<40)
        #expect(found[0].text == "ab ba ab b")
        #expect(decoder.partial?.text == "a ab")
        let last = decoder.finish()
        #expect(last?.text == "a ab" && last?.end == .stream)
        #expect(decoder.finish() == nil)
    }

    @Test func `times and probabilities of units are those of all alignments together`() throws {
        let emissions = BruteForce.emissions(frames: 6, width: 4, seed: 4)
        let units = [2, 2, 3]
        let alignment = try #require(
            emissions.withUnsafeBufferPointer { UnitAlignment(units, emissions: $0, width: 4, blank: 0) })
        // All paths by counting.
        var total = 0.0
        var begins = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 3)
        var weight = [0.0, 0, 0]
        var weighted = [0.0, 0, 0]
        for code in 0..<4096 {
            let path = (0..<6).map { code >> (2 * $0) & 3 }
            var spelled: [Int] = []
            var at = [Int?](repeating: nil, count: 6)
            var probability = 1.0
            var starts: [Int] = []
            for (frame, unit) in path.enumerated() {
                probability *= Double(expf(emissions[4 * frame + unit]))
                guard unit != 0 else { continue }
                if frame == 0 || path[frame - 1] != unit {
                    spelled.append(unit)
                    starts.append(frame)
                }
                at[frame] = spelled.count - 1
            }
            guard spelled == units else { continue }
            total += probability
            for (k, frame) in starts.enumerated() { begins[k][frame] += probability }
            for frame in 0..<6 {
                guard let k = at[frame] else { continue }
                weight[k] += probability
                weighted[k] += probability * Double(expf(emissions[4 * frame + units[k]]))
            }
        }
        #expect(abs(alignment.logProbability - log(total)) < 1e-6)
        for k in 0..<3 {
            #expect(begins[k].max() == begins[k][alignment.units[k].frames.lowerBound])
            #expect(abs(alignment.units[k].probability - weighted[k] / weight[k]) < 1e-6)
        }
        #expect(emissions.withUnsafeBufferPointer { UnitAlignment([2, 2, 2, 2], emissions: $0, width: 4, blank: 0) } == nil)
    }

    @Test func `confidences are shares of the texts that agree`() {
        let shares = HypothesisPosteriors.shares([-1, -2, -3], temperature: 2)
        #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
        #expect(abs(shares[1] / shares[0] - exp(-0.5)) < 1e-12)
        let found = HypothesisPosteriors.wordConfidences(
            [["the", "red", "lamp"], ["the", "lamp"], ["a", "red", "lamp"]], shares: [0.5, 0.3, 0.2])
        for (a, b) in zip(found, [0.8, 0.7, 1.0]) { #expect(abs(a - b) < 1e-12) }
    }

    @Test func `labels that are spread over their windows are no silence`() throws {
        var weights = BeamSearchOptions()
        weights.respect(labelWindow: 4)
        var options = UtteranceDecoder.Options()
        options.silence = 30
        var decoder = try UtteranceDecoder(
            DecodingGraph(units: EmissionUnits(names: ["", "one", "two"]), options: weights), options: options)
        func frame(_ unit: Int?) -> [Float] {
            (0..<3).map { logf($0 == 0 ? (unit == nil ? 0.998 : 0.78) : $0 == unit ? 0.21 : unit == nil ? 0.001 : 0.01) }
        }
        // A word every 20 frames, in none of which it is likelier than nothing.
        var found: [DecodedUtterance] = []
        for word in [1, 2, 1, 2] {
            for _ in 0..<5 { found += try decoder.push(frames: frame(word)) }
            for _ in 0..<15 { found += try decoder.push(frames: frame(nil)) }
        }
        for _ in 0..<40 { found += try decoder.push(frames: frame(nil)) }
        #expect(found.map(\.text) == ["one two one two"] && found.map(\.end) == [.silence])
    }

    @Test func `characters without a space spell one word, also with a lexicon`() throws {
        let names = ["", "a", "b"]
        func read(_ lexicon: [String]?) throws -> DecodedUtterance? {
            let graph = try DecodingGraph(units: EmissionUnits(names: names, spells: true), lexicon: lexicon)
            var decoder = try UtteranceDecoder(graph)
            let frames = [1, 0, 2, 0, 1, 0].flatMap { likely in
                (0..<3).map { logf($0 == likely ? 0.8 : likely == 0 ? 0.1 : $0 == 0 ? 0.05 : 0.15) }
            }
            _ = try decoder.push(frames: frames)
            return decoder.finish()
        }
        let free = try #require(try read(nil))
        #expect(free.words.map(\.text) == ["aba"] && free.words[0].frames == 0...4 && free.words[0].units == 0..<3)
        #expect(try read(["abb", "bab", "abab"])?.text == "abb")
        #expect(throws: SearchError(.unspellable("a b"))) { try read(["a b"]) }
    }

    @Test func `a word's posterior is the share of texts that have it, its margin that over the best other word or none`() {
        let texts = [["the", "red", "lamp"], ["the", "lamp"], ["the", "bed", "lamp"], ["the", "bed", "lamps"]]
        let scores = [0.5, 0.2, 0.15, 0.15].map { log($0) - 7 }
        let found = HypothesisPosteriors.words(texts, scores: scores)
        for (word, posterior, other) in [(0, 1.0, 0.15), (1, 0.5, 0.3), (2, 0.85, 0.15)] {
            #expect(abs(found[word].posterior - posterior) < 1e-12)
            #expect(abs(found[word].margin - log(posterior / other)) < 1e-12)
        }
        // Nothing was weighed against it.
        #expect(HypothesisPosteriors.words([["a"]], scores: [-3]) == [.init(posterior: 1, margin: .infinity)])
        #expect(HypothesisPosteriors.words([], scores: []).isEmpty)
    }
}
