import Foundation
import NeuralNetworks
import Signals
import Testing

/// Posteriors against the sum over all paths, each by itself.
@Suite struct PosteriorTests {
    private let blank = 0

    private func logits(frames: Int, units: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<frames * units).map { _ in Float(2.5 * random.normal()) }
    }

    /// Probabilities of all strings that the paths collapse to.
    private func strings(_ logits: [Float], units: Int) -> [[Int]: Double] {
        let frames = logits.count / units
        let probabilities = (0..<frames).map { t in
            let row = logits[t * units..<(t + 1) * units].map { exp(Double($0)) }
            return row.map { $0 / row.reduce(0, +) }
        }
        var sums: [[Int]: Double] = [:]
        var path = [Int](repeating: 0, count: frames)
        while true {
            var string: [Int] = []
            for (t, unit) in path.enumerated() where unit != blank && (t == 0 || path[t - 1] != unit) { string.append(unit) }
            sums[string, default: 0] += path.enumerated().reduce(1) { $0 * probabilities[$1.offset][$1.element] }
            guard let place = path.lastIndex(where: { $0 < units - 1 }) else { return sums }
            path[place] += 1
            for after in path.indices[(place + 1)...] { path[after] = 0 }
        }
    }

    @Test(arguments: [[1, 2], [3, 3], [5, 4], [8, 4], [8, 3]], 1...6)
    func `a unit's posterior is the share of the paths that name it alone, among those that name one unit or nothing`(
        size: [Int], seed: Int
    ) throws {
        let (frames, units) = (size[0], size[1])
        let logits = logits(frames: frames, units: units, seed: UInt64(seed))
        var posterior = OccurrencePosterior(blank: blank, units: units)
        logits.withUnsafeBufferPointer { logits in
            for t in 0..<frames {
                posterior.take(UnsafeBufferPointer(rebasing: logits[t * units..<(t + 1) * units]))
            }
        }
        var sums = [Double](repeating: 0, count: units)
        for (string, probability) in strings(logits, units: units) where Set(string).count <= 1 {
            sums[string.first ?? blank] += probability
        }
        let found = try #require(posterior.logPosteriors)
        for unit in 0..<units {
            #expect(abs(exp(found[unit]) - sums[unit] / sums.reduce(0, +)) < 1e-9, "unit \(unit)")
        }
    }

    private func changed(_ string: [Int], _ places: Range<Int>, to units: [Int]) -> [Int] {
        var string = string
        string.replaceSubrange(places, with: units)
        return string
    }

    /// All strings that one edit makes of another, and the empty one.
    private func neighbours(_ target: [Int], units: Int) -> Set<[Int]> {
        var found: Set<[Int]> = [[]]
        for unit in 1..<units {
            for place in 0...target.count { found.insert(changed(target, place..<place, to: [unit])) }
            for place in target.indices { found.insert(changed(target, place..<place + 1, to: [unit])) }
        }
        for place in target.indices { found.insert(changed(target, place..<place + 1, to: [])) }
        found.remove(target)
        return found
    }

    @Test(arguments: [[1], [1, 2], [1, 1], [2, 1, 2], [3, 3, 1]], 1...4)
    func `a string's posterior, margin and units are those of all paths`(target: [Int], seed: Int) throws {
        let units = 4
        let logits = logits(frames: 8, units: units, seed: UInt64(seed * 31))
        let sums = strings(logits, units: units)
        func sum(_ string: [Int]) -> Double { sums[string] ?? 0 }
        let found = try CTCPosterior(blank: blank).evaluate(target, logits: logits, units: units)
        let others = neighbours(target, units: units)
        let total = sum(target) + others.reduce(0) { $0 + sum($1) }
        #expect(abs(exp(found.logProbability) - sum(target)) < 1e-9)
        #expect(abs(exp(found.logPosterior) - sum(target) / total) < 1e-9)
        #expect(abs(found.margin - log(sum(target) / (others.map(sum).max() ?? 0))) < 1e-9)
        for place in target.indices {
            var inPlace = sum(changed(target, place..<place + 1, to: []))
            for unit in 1..<units { inPlace += sum(changed(target, place..<place + 1, to: [unit])) }
            #expect(abs(exp(found.unitLogPosteriors[place]) - sum(target) / inPlace) < 1e-9)
        }
    }

    @Test func `a sure network makes posteriors near 1, and long windows neither overflow nor lose what is small`() throws {
        var posterior = OccurrencePosterior(blank: 0, units: 3)
        for t in 0..<5000 { [Float](t % 2 == 0 ? [0, 80, 10] : [0, -80, -80]).withUnsafeBufferPointer { posterior.take($0) } }
        let found = try #require(posterior.logPosteriors)
        #expect(found[1] == 0 && found[2] < -1e5 && found.allSatisfy(\.isFinite))
        var silent = OccurrencePosterior(blank: 0, units: 2)
        [Float](arrayLiteral: 40, 0).withUnsafeBufferPointer { silent.take($0) }
        // ln(e^{-40}) to first order.
        #expect(abs((silent.logPosteriors?[1] ?? 0) + 40) < 1e-9)
    }

    @Test func `values that are no numbers give no posterior, and a string that does not fit is refused`() throws {
        var posterior = OccurrencePosterior(blank: 0, units: 2)
        [Float](arrayLiteral: 0, .nan).withUnsafeBufferPointer { posterior.take($0) }
        #expect(posterior.logPosteriors == nil)
        let two = CTCPosterior(blank: 0)
        #expect(throws: CTCError.tooFewFrames(frames: 2, labels: 2, repeats: 1)) {
            try two.evaluate([1, 1], logits: [0, 0, 0, 0], units: 2)
        }
        #expect(throws: CTCError.notFinite(frame: 1)) { try two.evaluate([1], logits: [0, 0, 0, .nan], units: 2) }
        #expect(throws: CTCError.labelOutOfRange(label: 2, units: 2)) { try two.evaluate([2], logits: [0, 0], units: 2) }
        #expect(throws: CTCError.tooFewFrames(frames: 0, labels: 0, repeats: 0)) { try two.evaluate([], logits: [], units: 2) }
    }

    @Test func `the order of the frames does not matter`() throws {
        let rows = logits(frames: 6, units: 4, seed: 3)
        var (forward, backward) = (OccurrencePosterior(blank: 0, units: 4), OccurrencePosterior(blank: 0, units: 4))
        rows.withUnsafeBufferPointer { rows in
            for t in 0..<6 { forward.take(UnsafeBufferPointer(rebasing: rows[t * 4..<t * 4 + 4])) }
            for t in (0..<6).reversed() { backward.take(UnsafeBufferPointer(rebasing: rows[t * 4..<t * 4 + 4])) }
        }
        for (a, b) in zip(try #require(forward.logPosteriors), try #require(backward.logPosteriors)) {
            #expect(abs(a - b) < 1e-12)
        }
    }
}
