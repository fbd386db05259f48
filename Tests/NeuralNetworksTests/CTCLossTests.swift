import Foundation
import NeuralNetworks
import Testing

@Suite struct CTCLossTests {
    /// Sums the probability of every path of length T that collapses to the target and respects the windows.
    private func bruteForce(
        _ logits: [[Double]], target: [Int], blank: Int, windows: [ClosedRange<Int>]? = nil
    ) -> Double {
        let frames = logits.count
        let units = logits[0].count
        let probabilities = logits.map { row in
            let sum = row.map { exp($0) }.reduce(0, +)
            return row.map { exp($0) / sum }
        }
        var total = 0.0
        for code in 0..<Int(pow(Double(units), Double(frames))) {
            var path: [Int] = []
            var rest = code
            for _ in 0..<frames {
                path.append(rest % units)
                rest /= units
            }
            var labels: [Int] = []
            var allowed = true
            var last = blank
            for (t, unit) in path.enumerated() {
                if unit != blank, unit != last { labels.append(unit) }
                last = unit
                if unit != blank, let windows, labels.count <= windows.count {
                    allowed = allowed && windows[labels.count - 1].contains(t)
                }
            }
            if labels == target, allowed {
                total += path.enumerated().map { probabilities[$0][$1] }.reduce(1, *)
            }
        }
        return -log(total)
    }

    private func logits(frames: Int, units: Int, seed: Int) -> [[Double]] {
        (0..<frames).map { t in
            (0..<units).map { k in Double(Float(sin(Double(seed + 7 * t + 3 * k) * 1.7) * 2)) }
        }
    }

    private func evaluate(
        _ logits: [[Double]], _ target: [Int], blank: Int, windows: [ClosedRange<Int>]? = nil
    ) throws -> (loss: Double, gradient: [Float]) {
        let flat = logits.flatMap { $0.map { Float($0) } }
        var gradient = [Float](repeating: 0, count: flat.count)
        let loss = try CTCLoss(blank: blank).evaluate(
            logits: flat, stride: logits[0].count, frames: logits.count, units: logits[0].count,
            target: target,
            windows: windows, gradient: &gradient)
        return (loss, gradient)
    }

    @Test(
        arguments: [
            (3, [1, 2]), (4, [1, 1]), (5, [2, 1, 2]), (6, [1, 1, 2]), (4, []), (1, [2]), (6, [2]),
        ] as [(Int, [Int])])
    func `the loss is the sum over all paths`(frames: Int, target: [Int]) throws {
        let input = logits(frames: frames, units: 3, seed: frames)
        let found = try evaluate(input, target, blank: 0).loss
        #expect(abs(found - bruteForce(input, target: target, blank: 0)) < 1e-6)
    }

    /// All targets of up to three labels in up to five frames: 75 sums over all paths.
    @Test func `every small target has the loss of its paths, or the error that it has none`() throws {
        let labels = [1, 2]
        var targets: [[Int]] = [[]]
        for length in 1...3 {
            targets += targets.filter { $0.count == length - 1 }.flatMap { begin in labels.map { begin + [$0] } }
        }
        for frames in 1...5 {
            for target in targets {
                let input = logits(frames: frames, units: 3, seed: frames + 3 * target.count)
                let repeats = zip(target, target.dropFirst()).count { $0 == $1 }
                if frames < target.count + repeats {
                    #expect(bruteForce(input, target: target, blank: 0) == .infinity)
                    #expect(throws: CTCError.tooFewFrames(frames: frames, labels: target.count, repeats: repeats)) {
                        try evaluate(input, target, blank: 0)
                    }
                } else {
                    let found = try evaluate(input, target, blank: 0).loss
                    #expect(abs(found - bruteForce(input, target: target, blank: 0)) < 1e-6)
                }
            }
        }
    }

    @Test func `the blank may be any unit`() throws {
        let input = logits(frames: 5, units: 4, seed: 2)
        let found = try evaluate(input, [0, 2], blank: 3).loss
        #expect(abs(found - bruteForce(input, target: [0, 2], blank: 3)) < 1e-6)
    }

    @Test func `paths outside of the windows have probability zero`() throws {
        let input = logits(frames: 6, units: 3, seed: 4)
        let windows = [1...2, 4...5]
        let found = try evaluate(input, [1, 2], blank: 0, windows: windows).loss
        #expect(abs(found - bruteForce(input, target: [1, 2], blank: 0, windows: windows)) < 1e-6)
        #expect(try found > evaluate(input, [1, 2], blank: 0).loss)
    }

    @Test(arguments: [nil, [1...3, 3...5]] as [[ClosedRange<Int>]?])
    func `the gradient agrees with finite differences`(windows: [ClosedRange<Int>]?) throws {
        var input = logits(frames: 6, units: 3, seed: 9)
        let gradient = try evaluate(input, [1, 2], blank: 0, windows: windows).gradient
        for t in 0..<6 {
            for k in 0..<3 {
                let value = input[t][k]
                input[t][k] = value + 0.01
                let above = bruteForce(input, target: [1, 2], blank: 0, windows: windows)
                input[t][k] = value - 0.01
                let below = bruteForce(input, target: [1, 2], blank: 0, windows: windows)
                input[t][k] = value
                #expect(abs(Double(gradient[t * 3 + k]) - (above - below) / 0.02) < 1e-4)
            }
        }
    }

    @Test func `a target that cannot be reached is a typed error before any work`() {
        let input = logits(frames: 2, units: 3, seed: 1)
        #expect(throws: CTCError.tooFewFrames(frames: 2, labels: 2, repeats: 1)) {
            try evaluate(input, [1, 1], blank: 0)
        }
        #expect(throws: CTCError.blankInTarget(at: 1)) { try evaluate(input, [1, 0], blank: 0) }
        #expect(throws: CTCError.labelOutOfRange(label: 3, units: 3)) { try evaluate(input, [3], blank: 0) }
        #expect(throws: CTCError.windowsUnreachable) {
            try evaluate(logits(frames: 4, units: 3, seed: 1), [1, 2], blank: 0, windows: [2...3, 0...2])
        }
    }

    @Test func `a long sequence of sure frames keeps a finite loss and gradient`() throws {
        let frames = 2000
        let input = (0..<frames).map { t in (0..<3).map { k in k == (t % 2 == 0 ? 1 : 0) ? 40.0 : -40.0 } }
        let result = try evaluate(input, [Int](repeating: 1, count: frames / 2), blank: 0)
        #expect(abs(result.loss) < 1e-6)
        #expect(result.gradient.allSatisfy { $0.isFinite })
    }

    @Test func `values that are not finite are an error that names the frame, not a loss`() {
        for value in [Double.nan, .infinity, -.infinity] {
            var input = logits(frames: 5, units: 3, seed: 1)
            input[3][1] = value
            #expect(throws: CTCError.notFinite(frame: 3)) { try evaluate(input, [1], blank: 0) }
        }
    }

    @Test func `probabilities far below what a Double holds as such keep their logarithms`() throws {
        // Each label costs 80 nats in each of its frames: e^−24000 is 0 as a number.
        let frames = 300
        let input = (0..<frames).map { _ in [80.0, 0, 0] }
        let result = try evaluate(input, (0..<frames).map { 1 + $0 % 2 }, blank: 0)
        #expect(abs(result.loss - 80 * Double(frames)) < 1e-6 * 80 * Double(frames))
        #expect(result.gradient.allSatisfy { $0.isFinite })
    }
}
