import Confidence
import Foundation
import Signals

/// Words with confidences that are calibrated at first, and what ``CalibrationMonitor`` makes of them.
struct DriftStudyCase: Sendable {
    enum Speech: String, CaseIterable, Sendable {
        /// Confidences of 0.02 … 0.98, all alike often.
        case even
        /// Log odds with mean 3 and deviation 1.5: nine of ten words are right.
        case sure
        /// As `even`; the words of an utterance are right or wrong by one draw.
        case together
    }

    struct Drift: Sendable {
        var name: String
        /// What the confidences would have to be mapped by.
        var map: LogOddsMap
    }

    static let drifts = [
        Drift(name: "δ 0.7", map: LogOddsMap(delta: 0.7, gamma: 1)),
        Drift(name: "δ 0.5", map: LogOddsMap(delta: 0.5, gamma: 1)),
        Drift(name: "δ 0.25", map: LogOddsMap(delta: 0.25, gamma: 1)),
        Drift(name: "γ 0.7", map: LogOddsMap(delta: 1, gamma: 0.7)),
        Drift(name: "γ 0.5", map: LogOddsMap(delta: 1, gamma: 0.5)),
    ]
    static let levels = [0.01, 0.05, 0.1]
    /// Words of an utterance.
    static let together = 5
    /// Words after a drift that are waited for.
    static let patience = 3000

    let speech: Speech
    let window: Int
    /// nil for confidences that stay calibrated.
    let drift: Drift?

    /// By level.
    struct Tally: Sendable {
        var words = 0
        var alarms = [Int](repeating: 0, count: levels.count)
        /// Words from the drift to the alarm, of each run; the patience where none came.
        var delays = [[Int]](repeating: [], count: levels.count)

        static func + (a: Tally, b: Tally) -> Tally {
            Tally(
                words: a.words + b.words, alarms: zip(a.alarms, b.alarms).map { $0 + $1 },
                delays: zip(a.delays, b.delays).map { $0 + $1 })
        }
    }

    private func utterance(_ map: LogOddsMap?, _ random: inout SplitMix64) -> [(score: Double, isRight: Bool)] {
        let shared = random.uniform()
        return (0..<Self.together).map { _ in
            let score = speech == .sure ? 1 / (1 + exp(-3 - 1.5 * random.normal())) : 0.02 + 0.96 * random.uniform()
            let draw = speech == .together ? shared : random.uniform()
            return (score, draw < (map.map { $0(score) } ?? score))
        }
    }

    private func monitor() -> CalibrationMonitor {
        guard let settings = try? CalibrationMonitor.Settings(window: window) else { preconditionFailure("the study's window") }
        return CalibrationMonitor(settings)
    }

    /// - Parameters:
    ///   - words: of confidences that stay calibrated, in one run.
    ///   - runs: of those that drift, once their window is full.
    func tally(words: Int, runs: Int, seed: UInt64) -> Tally {
        var random = SplitMix64(seed: seed)
        var tally = Tally()
        guard let drift else {
            var monitor = monitor()
            var isAlarm = [Bool](repeating: false, count: Self.levels.count)
            while tally.words < words {
                tally.words += Self.together
                guard let posterior = monitor.take(utterance(nil, &random))?.posterior else { continue }
                for (place, level) in Self.levels.enumerated() {
                    if !isAlarm[place], posterior < level {
                        isAlarm[place] = true
                        tally.alarms[place] += 1
                    } else if posterior >= 0.5 {
                        isAlarm[place] = false
                    }
                }
            }
            return tally
        }
        for _ in 0..<runs {
            var monitor = monitor()
            for _ in 0..<window / Self.together { _ = monitor.take(utterance(nil, &random)) }
            var delays = [Int](repeating: Self.patience, count: Self.levels.count)
            for count in 1...Self.patience / Self.together {
                guard let posterior = monitor.take(utterance(drift.map, &random))?.posterior else { continue }
                for (place, level) in Self.levels.enumerated() where posterior < level {
                    delays[place] = min(delays[place], count * Self.together)
                }
                if delays.allSatisfy({ $0 < Self.patience }) { break }
            }
            for place in delays.indices { tally.delays[place].append(delays[place]) }
        }
        return tally
    }
}
