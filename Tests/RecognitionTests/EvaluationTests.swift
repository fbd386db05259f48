import Foundation
import Recognition
import Signals
import Testing

@Suite struct EvaluationTests {
    /// The fewest edits by trying all of them.
    private func edits(_ a: ArraySlice<String>, _ b: ArraySlice<String>) -> Int {
        guard let x = a.first else { return b.count }
        guard let y = b.first else { return a.count }
        let same = edits(a.dropFirst(), b.dropFirst()) + (x == y ? 0 : 1)
        return min(same, edits(a.dropFirst(), b) + 1, edits(a, b.dropFirst()) + 1)
    }

    @Test func `an alignment has every word once, in order, at the least cost`() {
        var random = SplitMix64(seed: 8)
        for _ in 0..<300 {
            let said = (0..<random.integer(below: 6)).map { _ in ["a", "b", "c"][random.integer(below: 3)] }
            let read = (0..<random.integer(below: 6)).map { _ in ["a", "b", "c"][random.integer(below: 3)] }
            let pairs = WordAlignment(reference: said, hypothesis: read).pairs
            #expect(pairs.compactMap(\.said) == said && pairs.compactMap(\.read) == read)
            #expect(pairs.compactMap(\.place) == Array(read.indices))
            let cost = pairs.count { $0.said != $0.read }
            #expect(cost == edits(said[...], read[...]) && cost == WordErrors(reference: said, hypothesis: read).count)
        }
    }

    @Test func `the interval covers a known error rate about as often as it says, also when errors come in clusters`() {
        var random = SplitMix64(seed: 12)
        var covered = 0
        let turns = 300
        for turn in 0..<turns {
            // An utterance is bad with probability 0.2, and then half of its five words are wrong: 10 % in all.
            let utterances = (0..<120).map { _ -> WordErrors in
                let bad = random.uniform() < 0.2
                let wrong = (0..<5).count { _ in bad && random.uniform() < 0.5 }
                return WordErrors(
                    reference: (0..<5).map { "\($0)" }, hypothesis: (0..<5).map { $0 < wrong ? "x" : "\($0)" })
            }
            let interval = ErrorInterval(utterances, draws: 400, seed: UInt64(turn))
            if (interval.low...interval.high).contains(0.1) { covered += 1 }
        }
        // Three standard errors of 95 % of 300, and the percentile interval's known shortfall of a percent or two.
        #expect(Double(covered) / Double(turns) > 0.90)
    }

    @Test func `where every utterance is right, or every one wrong, the interval is that of so many trials`() {
        let right = [WordErrors](repeating: WordErrors(reference: ["a"], hypothesis: ["a"]), count: 60)
        // 1 − 0.025^(1/60)
        #expect(abs(ErrorInterval(right).high - 0.05962) < 1e-4 && ErrorInterval(right).low == 0)
        let wrong = [WordErrors](repeating: WordErrors(reference: ["a"], hypothesis: ["b"]), count: 1)
        #expect(abs(ErrorInterval(wrong).low - 0.025) < 1e-12 && ErrorInterval(wrong).high == 1)
    }

    @Test(arguments: SoundCondition.Noise.allCases, [0.0, 10, 20])
    func `noise is as much weaker than the speech as asked`(noise: SoundCondition.Noise, ratio: Double) {
        var random = SplitMix64(seed: 5)
        let speech = SpokenText(
            samples: (0..<16_000).map { _ in Float(0.1 * random.normal()) }, rate: 8000, text: "a", speaker: "s")
        let others = toneWords(6, seed: 2, speaker: "t")
        let heard = speech.heard(rate: 8000, in: SoundCondition(noise, ratio_dB: ratio), among: [speech] + others, seed: 1)
        let clean = speech.heard(rate: 8000, in: nil, among: [], seed: 1)
        #expect(heard.count == 16_000 + 2 * 2400 && clean.count == heard.count)
        func power(_ values: ArraySlice<Float>) -> Double { values.reduce(0) { $0 + Double($1 * $1) } / Double(values.count) }
        let found = (0..<heard.count).map { heard[$0] - (2400..<18_400 ~= $0 ? speech.samples[$0 - 2400] : 0) }
        let measured = 10 * log10(power(speech.samples[...]) / power(found[...]))
        #expect(abs(measured - ratio) < 0.3)
        // Near silence: three steps of 16 bits.
        #expect(abs(power(clean[..<2400]).squareRoot() * 32768 - 3) < 0.3)
    }

    @Test func `noise in place of the speech has its power and nothing else of it`() {
        let speech = toneWords(1, seed: 1)[0]
        let heard = speech.heard(rate: 8000, in: nil, among: [], replaced: true, seed: 1)
        let power = heard.reduce(Float(0)) { $0 + $1 * $1 } / Float(heard.count)
        let own = speech.samples.reduce(Float(0)) { $0 + $1 * $1 } / Float(speech.samples.count)
        #expect(abs(power / own - 1) < 0.1)
        var dot: Float = 0
        for (i, value) in speech.samples.enumerated() { dot += value * heard[2400 + i] }
        let likeness = Double(dot) / Double(power * Float(speech.samples.count))
        #expect(abs(likeness) < 0.1)
    }
}
