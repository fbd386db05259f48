import AllocationCounter
import Decoding
import Foundation
import Signals
import Synchronization
import Testing

/// An hour of emissions as a network gives them, in pieces of any size.
struct HourOfEmissionsTests {
    private static let alphabet = ["", " "] + "abcdefghij".map(String.init)
    private static let frames = 360_000

    /// Words of a small lexicon with pauses, unsure peaks in noise; one stretch is longer than the longest utterance.
    private static let emissions: [Float] = {
        var random = SplitMix64(seed: 21)
        let words = (0..<40).map { _ in (0..<2 + random.integer(below: 3)).map { _ in 2 + random.integer(below: 10) } }
        var values: [Float] = []
        values.reserveCapacity(frames * alphabet.count)
        var row = [Float](repeating: 0, count: alphabet.count)
        func frame(_ unit: Int, peak: Float = 4) {
            for k in row.indices { row[k] = Float(1.2 * random.normal()) + (k == unit ? peak : 0) }
            LogSoftmax.apply(&row)
            values += row
        }
        while values.count < frames * alphabet.count {
            let isLong = values.count / alphabet.count > frames / 2 && values.count / alphabet.count < frames / 2 + 4000
            for _ in 0..<(isLong ? 400 : 3 + random.integer(below: 8)) {
                for unit in words[random.integer(below: words.count)] + [1] {
                    for _ in 0..<1 + random.integer(below: 3) { frame(unit) }
                    for _ in 0..<1 + random.integer(below: 4) { frame(0) }
                }
            }
            for _ in 0..<70 { frame(0, peak: 10) }
        }
        return Array(values.prefix(frames * alphabet.count))
    }()

    private static let graph: Result<DecodingGraph, any Error> = Result {
        var random = SplitMix64(seed: 8)
        let text = (0..<400).map { _ in
            (0..<4).map { _ in String((0..<3).map { _ in Array("abcdefghij")[random.integer(below: 10)] }) }.joined(
                separator: " ")
        }.joined(separator: "\n")
        var options = BeamSearchOptions()
        (options.beam, options.languageWeight) = (12, 0.4)
        return try DecodingGraph(
            units: EmissionUnits(names: alphabet, separator: 1), options: options,
            languageModel: LanguageModel(text: text, units: .characters, order: 4))
    }

    private struct Pass: Sendable {
        /// Everything that was told, to the last bit.
        var utterances: [String] = []
        /// The text so far, after every 448 frames: 448 = 64 · 7.
        var partials: [String] = []
        var ends: Set<String> = []
        var mostNodes = 0
        /// Allocations of this thread that were not released, after ten minutes and at the end.
        var heldEarly: Int64 = 0
        var heldLate: Int64 = 0
    }

    private static func held() -> Int64 {
        let counts = allocation_counts()
        return Int64(counts.claimed) - Int64(counts.released)
    }

    private static func bits(_ utterance: DecodedUtterance) -> String {
        let words = utterance.words.map {
            "\($0.text) \($0.frames) \($0.confidence.bitPattern) \($0.posterior.bitPattern) \($0.margin.bitPattern)"
        }
        let texts = utterance.alternatives.map { "\($0.text) \($0.score.bitPattern) \($0.language.bitPattern)" }
        return "\(utterance.frames) \(utterance.end) \(words) \(texts) \(utterance.units) \(utterance.firstWordDelay ?? -1)"
    }

    /// - Parameter piece: frames; 0 for all at once.
    private static func pass(_ piece: Int) throws -> Pass {
        let width = alphabet.count
        var options = UtteranceDecoder.Options()
        (options.silence, options.longest) = (50, 1500)
        var decoder = try UtteranceDecoder(graph.get(), options: options)
        var pass = Pass()
        // Texts are kept as hashes would be: their room is claimed first, so that what is held is the decoder's.
        pass.utterances.reserveCapacity(20_000)
        pass.partials.reserveCapacity(1000)
        var told = 0
        func take(_ found: [DecodedUtterance]) {
            for utterance in found {
                pass.utterances.append(bits(utterance))
                pass.ends.insert(utterance.end.rawValue)
                told += 1
            }
        }
        let size = piece == 0 ? frames : piece
        for start in stride(from: 0, to: frames, by: size) {
            let end = min(frames, start + size)
            take(try decoder.push(frames: Array(emissions[start * width..<end * width])))
            pass.mostNodes = max(pass.mostNodes, decoder.liveNodes)
            if end % 448 == 0 { pass.partials.append(decoder.partial.map { "\($0.text)|\($0.settled)|\($0.frame)" } ?? "") }
            // Each text that is kept is one.
            if end == 60_480 { pass.heldEarly = held() - Int64(told + pass.partials.count { $0.utf8.count > 15 }) }
        }
        pass.heldLate = held() - Int64(told + pass.partials.count { $0.utf8.count > 15 })
        if let last = decoder.finish() { take([last]) }
        return pass
    }

    @Test func `frames one by one, by 7, by 64 and all at once give the same to the bit, in the same memory`() throws {
        let pieces = [1, 7, 64, 0]
        _ = Self.emissions
        let passes = Mutex<[Int: Result<Pass, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: pieces.count) { k in
            let pass = Result { try Self.pass(pieces[k]) }
            passes.withLock { $0[pieces[k]] = pass }
        }
        let found = try passes.withLock { found in try pieces.map { try #require(found[$0]).get() } }
        #expect(found[0].utterances.count > 1000)
        #expect(found[0].ends.isSuperset(of: ["silence", "longest"]))
        for pass in found.dropFirst() { #expect(pass.utterances == found[0].utterances) }
        for pass in found[1...2] {
            #expect(pass.partials == found[0].partials)
        }
        // An utterance's worth of prefixes, never an hour's.
        #expect(found[0].mostNodes < 5000, "\(found[0].mostNodes)")
        guard allocations_are_counted() == 1 else { return }
        for pass in found.dropLast() {
            #expect(abs(pass.heldLate - pass.heldEarly) < 50, "\(pass.heldEarly) and \(pass.heldLate) allocations held")
        }
    }
}
