import Foundation
import NeuralNetworks
import Signals
import Testing

@Suite struct CTCAlignmentTests {
    /// The best of all paths that collapse to the target, by trying each.
    private func bruteForce(_ logits: [Float], units: Int, target: [Int]) -> (path: [Int], logProbability: Double)? {
        let frames = logits.count / units
        var best: (path: [Int], logProbability: Double)?
        for code in 0..<Int(pow(Double(units), Double(frames))) {
            var (rest, path) = (code, [Int]())
            for _ in 0..<frames {
                path.append(rest % units)
                rest /= units
            }
            let labels = path.indices.filter { path[$0] != 0 && ($0 == 0 || path[$0 - 1] != path[$0]) }.map { path[$0] }
            guard labels == target else { continue }
            let value = path.indices.reduce(0.0) { sum, t in
                let row = logits[t * units..<(t + 1) * units].map(Double.init)
                return sum + row[path[t]] - log(row.map { exp($0) }.reduce(0, +))
            }
            if value > best?.logProbability ?? -.infinity { best = (path, value) }
        }
        return best
    }

    @Test(arguments: [[1], [1, 2], [1, 1], [2, 1, 2], [2, 2, 1], []])
    func `the path is the best of all paths, and each label stands where that path has it`(target: [Int]) throws {
        for seed in 0..<20 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let logits = (0..<6 * 3).map { _ in Float(2 * random.normal()) }
            let found = try CTCAlignment(logits: logits, units: 3, target: target, blank: 0)
            let expected = try #require(bruteForce(logits, units: 3, target: target))
            #expect(abs(found.logProbability - expected.logProbability) < 1e-5)
            var frames: [ClosedRange<Int>] = []
            for (t, unit) in expected.path.enumerated() where unit != 0 {
                if t > 0, expected.path[t - 1] == unit, let last = frames.popLast() {
                    frames.append(last.lowerBound...t)
                } else {
                    frames.append(t...t)
                }
            }
            #expect(found.labels == frames)
        }
    }

    @Test func `too few frames and values that are not finite are errors`() {
        #expect(throws: CTCError.tooFewFrames(frames: 2, labels: 2, repeats: 1)) {
            try CTCAlignment(logits: [0, 0, 0, 0], units: 2, target: [1, 1], blank: 0)
        }
        #expect(throws: CTCError.notFinite(frame: 1)) {
            try CTCAlignment(logits: [0, 0, .nan, 0], units: 2, target: [1], blank: 0)
        }
        #expect(throws: CTCError.labelOutOfRange(label: 5, units: 2)) {
            try CTCAlignment(logits: [0, 0], units: 2, target: [5], blank: 0)
        }
    }
}
