import Decoding
import Foundation
import Signals

/// All texts of a few frames, by enumeration of all paths.
enum BruteForce {
    struct Text { var units: [Int], score: Double, acoustic: Double, language: Double }

    static func sum(_ a: Double, _ b: Double) -> Double {
        let high = max(a, b)
        return high == -.infinity ? high : high + log1p(exp(min(a, b) - high))
    }

    /// - Parameter language: change of the score and the model's logarithm, for a text; nil for one that is not allowed.
    static func texts(
        _ emissions: [Float], width: Int, blank: Int = 0, blankPenalty: Double = 0, separator: Int? = nil,
        language: ([Int]) -> (change: Double, logarithm: Double)?
    ) -> [Text] {
        let frames = emissions.count / width
        var acoustic: [[Int]: Double] = [:]
        var path = [Int](repeating: 0, count: frames)
        while true {
            var units: [Int] = []
            var score = 0.0
            for (frame, unit) in path.enumerated() {
                score += Double(emissions[frame * width + unit]) - (unit == blank ? blankPenalty : 0)
                if unit != blank, frame == 0 || path[frame - 1] != unit { units.append(unit) }
            }
            acoustic[units] = sum(acoustic[units] ?? -.infinity, score)
            guard let place = path.lastIndex(where: { $0 < width - 1 }) else { break }
            path[place] += 1
            for later in place + 1..<max(place + 1, frames) { path[later] = 0 }
        }
        var texts: [[Int]: Text] = [:]
        for (units, score) in acoustic {
            guard let (change, logarithm) = language(units) else { continue }
            var trimmed = units
            if let separator {
                while trimmed.last == separator { trimmed.removeLast() }
                while trimmed.first == separator { trimmed.removeFirst() }
            }
            let text = Text(units: trimmed, score: score + change, acoustic: score, language: logarithm)
            if let other = texts[trimmed] {
                texts[trimmed] = Text(
                    units: trimmed, score: sum(other.score, text.score), acoustic: sum(other.acoustic, text.acoustic),
                    language: other.score > text.score ? other.language : text.language)
            } else {
                texts[trimmed] = text
            }
        }
        return texts.values.sorted {
            $0.score != $1.score ? $0.score > $1.score : $0.units.lexicographicallyPrecedes($1.units)
        }
    }

    static func emissions(frames: Int, width: Int, seed: UInt64, spread: Double = 2) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<frames).flatMap { _ in
            var values = (0..<width).map { _ in Float(spread * random.normal()) }
            LogSoftmax.apply(&values)
            return values
        }
    }
}
