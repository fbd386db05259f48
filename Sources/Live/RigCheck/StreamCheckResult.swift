/// What a check found out about one stream. Numbers that a stream cannot have are nil.
public struct StreamCheckResult: Encodable, Sendable {
    /// Two ends of a confidence interval.
    public struct Interval: Encodable, Sendable {
        public var low: Double
        public var high: Double
    }

    /// How much later blocks came than the earliest one would have, in milliseconds.
    public struct Jitter: Encodable, Sendable {
        public var p50: Double
        public var p99: Double
        public var max: Double
    }

    /// Amplitudes of one channel over frequency.
    public struct Spectrum: Sendable {
        public var channel: String
        /// From one amplitude to the next.
        public var stepHz: Double
        /// Unit² per hertz, from 0 Hz to half the rate.
        public var density: [Double]
    }

    /// Of one electrode.
    public struct Impedance: Encodable, Sendable {
        public var channel: String
        /// Kiloohm.
        public var kohm: Double
    }

    public var name: String
    /// Frames that arrived.
    public var received: UInt64
    /// Frames that the device counted and that did not come, or that a full ring refused.
    public var lost: UInt64
    public var rateHz: Double?
    /// 95 %, for arrivals whose delays are independent.
    public var rateHzInterval: Interval?
    public var jitterMs: Jitter?
    /// Device's clock against the host's.
    public var driftPpm: Double?
    /// Median channel, from 1 Hz to half the rate without 50 Hz, 60 Hz and their multiples.
    public var noiseUvRms: Double?
    /// The same for audio, relative to a sine of full scale.
    public var noiseDbfs: Double?
    /// Largest amplitude of the mains in any channel, at ``lineHz``.
    public var lineUv: Double?
    public var lineHz: Double?
    /// Labels of channels that never change.
    public var flat: [String] = []
    /// Labels of channels that reach the converter's limit.
    public var saturated: [String] = []
    public var impedanceKohm: [Impedance] = []
    /// What makes the check fail, in words.
    public var problems: [String] = []
    public var spectra: [Spectrum] = []

    /// Whether no problem was found.
    public var pass: Bool { problems.isEmpty }

    init(name: String, received: UInt64, lost: UInt64) {
        self.name = name
        self.received = received
        self.lost = lost
    }

    enum CodingKeys: String, CodingKey {
        case name, received, lost, rateHz, rateHzInterval, jitterMs, driftPpm, noiseUvRms, noiseDbfs, lineUv, lineHz
        case flat, saturated, impedanceKohm, problems
    }
}
