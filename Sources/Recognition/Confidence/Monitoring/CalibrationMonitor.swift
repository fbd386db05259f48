import Glibc

/// A running posterior probability that scores are calibrated, over the last events with a known outcome: an alarm that they drift.
///
/// The posterior is that of ``CalibrationAssessment`` over a window that slides by whole clusters (utterances). Where no map has the
/// largest likelihood, because all outcomes of the window are equal or a threshold tells them apart, its limit stands for it. An alarm
/// begins when the posterior falls below a level and ends when it is back at another one, so a posterior at the edge is one alarm.
///
/// It reads no clock: the same events give the same readings.
public struct CalibrationMonitor: Sendable {
    /// How many events are looked at, and when there is an alarm.
    public struct Settings: Sendable, Equatable {
        /// Rows that the window holds at most.
        public var window: Int
        /// Rows from which on it is judged.
        public var least: Int
        /// An alarm begins below this posterior probability.
        public var level: Double
        /// It ends at this one.
        public var recovery: Double
        /// Probability of calibration before the data.
        public var prior: Double

        /// Of the defaults: at most one false alarm in ten thousand calibrated words (Benchmarks/RESULTS.md).
        public static let usualWindow = 300
        public static let usualLevel = 0.05
        /// Rows of a window.
        public static let windows = 20...100_000

        /// - Throws: ``ConfidenceError`` with the value that is out of its range.
        public init(
            window: Int = usualWindow, least: Int? = nil, level: Double = usualLevel, recovery: Double = 0.5,
            prior: Double = 0.5
        ) throws(ConfidenceError) {
            func check(_ name: String, _ value: Double, _ isRight: Bool, _ expected: String) throws(ConfidenceError) {
                guard isRight else { throw ConfidenceError(.outOfRange(name: name, value: value, expected: expected)) }
            }
            try check(
                "the window", Double(window), Self.windows.contains(window),
                "\(Self.windows.lowerBound) to \(Self.windows.upperBound) rows")
            let least = least ?? min(50, window)
            try check("the least number of rows", Double(least), (10...window).contains(least), "10 to the window's rows")
            for (name, value) in [("the level", level), ("the prior", prior), ("the recovery", recovery)] {
                try check(name, value, value > 0 && value < 1, "a probability between 0 and 1")
            }
            try check("the recovery", recovery, recovery >= level, "at least the level of the alarm")
            (self.window, self.least, self.level, self.recovery, self.prior) = (window, least, level, recovery, prior)
        }
    }

    /// What the window says after a cluster.
    public struct Reading: Sendable, Equatable {
        public enum Change: Sendable { case alarm, recovery }

        /// Rows that were taken so far, this cluster's with them.
        public var row: Int
        /// Rows in the window, and how many independent ones they count for.
        public var rows: Int
        public var effectiveRows: Double
        /// P(calibrated | window).
        public var posterior: Double
        public var isAlarm: Bool
        /// Whether an alarm begins or ends here.
        public var change: Change?
    }

    public let settings: Settings
    /// Rows that were taken.
    public private(set) var count = 0
    public private(set) var isAlarm = false
    private var scores: [Double] = []
    private var outcomes: [Bool] = []
    private var clusters: [Int] = []
    /// Rows of each cluster of the window, the oldest first.
    private var sizes: [Int] = []
    private var clusterCount = 0

    public init(_ settings: Settings) { self.settings = settings }

    /// Takes the events of one cluster, and judges.
    /// - Parameter events: scores strictly between 0 and 1; those at the ends and beyond are held 2⁻⁵² away from them.
    /// - Returns: nil while the window has too few rows, and for a cluster without events.
    public mutating func take(_ events: [(score: Double, isRight: Bool)]) -> Reading? {
        guard !events.isEmpty else { return nil }
        for (score, isRight) in events {
            scores.append(score.isNaN ? 0.5 : Probability.held(score))
            outcomes.append(isRight)
            clusters.append(clusterCount)
        }
        clusterCount += 1
        count += events.count
        sizes.append(events.count)
        forget()
        guard scores.count >= settings.least, let (posterior, rows) = posterior() else { return nil }
        var change: Reading.Change?
        if !isAlarm, posterior < settings.level {
            (isAlarm, change) = (true, .alarm)
        } else if isAlarm, posterior >= settings.recovery {
            (isAlarm, change) = (false, .recovery)
        }
        return Reading(
            row: count, rows: scores.count, effectiveRows: rows, posterior: posterior, isAlarm: isAlarm, change: change)
    }

    /// Whole clusters leave, the oldest first; the newest one stays, however long it is.
    private mutating func forget() {
        var (old, clusters) = (0, 0)
        while clusters < sizes.count - 1, scores.count - old > settings.window {
            old += sizes[clusters]
            clusters += 1
        }
        guard old > 0 else { return }
        scores.removeFirst(old)
        outcomes.removeFirst(old)
        self.clusters.removeFirst(old)
        sizes.removeFirst(clusters)
    }

    /// The posterior and the effective number of rows; nil where a fit did not converge.
    private func posterior() -> (posterior: Double, rows: Double)? {
        // Clusters of one row each are independent rows.
        let isClustered = sizes.count < scores.count
        do throws(ConfidenceError) {
            let set = try ScoreSet(scores: scores, outcomes: outcomes, clusters: isClustered ? clusters : nil)
            let assessment = try CalibrationAssessment(set, prior: settings.prior)
            return (assessment.posterior, assessment.effectiveCount)
        } catch {
            let largest: Double
            switch error.reason {
            case .equalOutcomes, .separated, .equalScores: largest = LikelihoodLimit.value(scores, outcomes)
            case .tooFewClusters:
                guard let set = try? ScoreSet(scores: scores, outcomes: outcomes), let fit = try? LogOddsFit(set) else {
                    return nil
                }
                largest = fit.logLikelihood
            default: return nil
            }
            // No estimate of how much rows of a cluster depend on each other: as much as they can.
            let effect = Double(scores.count) / Double(sizes.count)
            let original = zip(scores, outcomes).reduce(0) { $0 + log($1.1 ? $1.0 : 1 - $1.0) }
            let rows = Double(scores.count) / effect
            let odds = log(rows) - max(0, largest - original) / effect + log(settings.prior / (1 - settings.prior))
            return (Probability.logistic(odds), rows)
        }
    }
}
