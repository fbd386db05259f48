import Glibc
public import TeamLearning

/// One trial: what was asked, what came of it.
public struct TuningTrial: Sendable, Equatable {
    /// Among the windows of the tuning, from 1.
    public var number: Int
    public var change: KnobChange
    public var window: RigWindow
    /// Mean error of the last return to the reference.
    public var reference: Double
    /// Reference less error; above 0 is better than the start.
    public var gain: Double
}

/// How the untouched rig scatters.
public struct NoiseFloor: Sendable, Equatable, Codable {
    public var windows: Int
    public var mean: Double
    /// Standard deviation.
    public var deviation: Double
    /// Of the error in an hour of rig time, by a straight line; 0 for less than three windows.
    public var driftPerHour: Double

    init(_ errors: [Double], at seconds: [Double]) {
        windows = errors.count
        let count = Double(max(1, errors.count))
        let mean = errors.reduce(0, +) / count
        self.mean = mean
        deviation = (errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)).squareRoot()
        let middle = seconds.reduce(0, +) / count
        let spread = seconds.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
        let product = zip(errors, seconds).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - middle) }
        driftPerHour = errors.count > 2 && spread > 0 ? product / spread * 3600 : 0
    }
}

/// Start against best on inputs that were not tuned with.
public struct HeldOut: Sendable, Equatable, Codable {
    /// Mean error of each pair's window.
    public var start: [Double]
    public var best: [Double]
    public var gain: Double
    /// Ends of the 95 % interval of the gain, by Student's distribution.
    public var low: Double
    public var high: Double
    /// Chance that pairs of equal settings show such a gain or more: share of all changes of the differences' signs.
    public var p: Double

    init(start: [Double], best: [Double]) {
        (self.start, self.best) = (start, best)
        let gains = zip(start, best).map { $0 - $1 }
        let interval = SeedInterval(gains)
        (gain, low, high) = (interval.mean, interval.low, interval.high)
        p = Self.chance(gains)
    }

    /// - Source: R. Fisher, "The design of experiments", 1935, section 21: the exact test by permutation of signs.
    package static func chance(_ gains: [Double]) -> Double {
        let sum = gains.reduce(0, +)
        // Sums in another order are equal up to rounding only.
        let least = sum - 1e-12 * gains.reduce(1e-300) { $0 + abs($1) }
        let all = 1 << min(gains.count, 20)
        var count = 0
        for signs in 0..<all {
            var flipped = 0.0
            for (place, gain) in gains.enumerated() { flipped += signs >> place & 1 == 0 ? gain : -gain }
            if flipped >= least { count += 1 }
        }
        return Double(count) / Double(all)
    }
}

/// What came out.
public struct TuningResult: Sendable, Equatable, Codable {
    public var noise: NoiseFloor
    /// Values of the best setting, in the order of the panel; the start where no trial was better.
    public var best: [Double]
    /// Number of its trial; nil for the start.
    public var bestTrial: Int?
    public var bestGain: Double
    public var heldOut: HeldOut
    /// Whether the best setting is better than the start beyond chance.
    public var isImproved: Bool
    /// Mean gain of the last quarter of the trials: how well the rig worked while it was tuned.
    public var lateGain: Double
    public var clipped: Int
    public var refused: Int
    public var jointLimited: Int
    public var windows: Int
    public var frames: Int
    /// Rig time.
    public var seconds: Double
    /// What agents did; nil for a search.
    public var teams: TeamMeasures?
    /// Signal-to-noise ratio of each agent's own action in its team's reward.
    public var credits: [Double]?

    /// The p below which a gain counts. At equal settings 1 tuning in 100 shows one.
    public static let significance = 0.01
}

/// A run, and all that is to be told of it.
public struct TuningOutcome: Sendable, Equatable {
    public var plan: TuningPlan
    public var result: TuningResult
    public var trials: [TuningTrial]
    /// Mean errors of the returns to the reference, with the numbers of their windows.
    public var references: [(number: Int, error: Double)]
    public var restored: KnobChange

    public static func == (a: Self, b: Self) -> Bool {
        a.plan == b.plan && a.result == b.result && a.trials == b.trials && a.restored == b.restored
            && a.references.elementsEqual(b.references, by: ==)
    }
}

/// A tuning was asked to stop; the knobs are back at their start.
public struct TuningStopped: Error {}
