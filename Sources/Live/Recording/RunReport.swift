public import LiveGraph
public import Recognition
public import Signals

/// What a run delivered, for people's tables and machines' JSON.
public struct RunReport: Codable, Sendable {
    public struct Stream: Codable, Sendable {
        /// "device.stream".
        public var name: String
        /// How the device was reached: "libserialport", "termios", "ALSA", "RigLink over TCP".
        public var backend: String
        public var received: UInt64
        /// Frames that the device counted and that did not come, or that a full ring refused.
        public var lost: UInt64
        /// Frames that should have come after the last one, which `lost` does not count: no later frame told of them.
        public var openHole: OpenHole.Frames
        /// Device clock against the host's; nil for streams without a rate.
        public var driftPpm: Double?
        public var reconnections: UInt64

        public init(
            name: String, backend: String, received: UInt64, lost: UInt64, openHole: OpenHole.Frames = .count(0),
            driftPpm: Double?, reconnections: UInt64
        ) {
            self.name = name
            self.backend = backend
            self.received = received
            self.lost = lost
            self.openHole = openHole
            self.driftPpm = driftPpm
            self.reconnections = reconnections
        }
    }

    public struct Device: Codable, Sendable {
        public var name: String
        /// Why it was away at the end, in words; nil when it was there.
        public var failure: String?
        /// Events of the device that found the pipeline's ring full.
        public var eventsLost: UInt64

        public init(name: String, failure: String?, eventsLost: UInt64 = 0) {
            self.name = name
            self.failure = failure
            self.eventsLost = eventsLost
        }
    }

    /// Quantiles in milliseconds, from the arrival of the last sample that a decision needed to the decision.
    public struct Latency: Codable, Sendable {
        public var p50: Double
        public var p99: Double
        public var p999: Double
        public var max: Double
        public var count: Int

        public init(p50: Double, p99: Double, p999: Double, max: Double, count: Int) {
            self.p50 = p50
            self.p99 = p99
            self.p999 = p999
            self.max = max
            self.count = count
        }
    }

    /// A comparison with the words that were really spoken.
    public struct Score: Codable, Sendable {
        public var reference: Int
        public var hypothesis: Int
        public var substitutions: Int
        public var deletions: Int
        public var insertions: Int

        public init(reference: Int, hypothesis: Int, substitutions: Int, deletions: Int, insertions: Int) {
            self.reference = reference
            self.hypothesis = hypothesis
            self.substitutions = substitutions
            self.deletions = deletions
            self.insertions = insertions
        }

        public init(_ errors: WordErrors) {
            self.init(
                reference: errors.reference, hypothesis: errors.hypothesis, substitutions: errors.substitutions,
                deletions: errors.deletions, insertions: errors.insertions)
        }

        /// (S + D + I) / N.
        public var errorRate: Double {
            reference == 0 ? 0 : Double(substitutions + deletions + insertions) / Double(reference)
        }
    }

    /// The session folder, when the run was recorded.
    public var session: String?
    public var seconds: Double
    public var stopped: String
    /// Why the recording ended early, or could not be closed; nil when all is well.
    public var failure: String?
    public var streams: [Stream]
    public var events: Int
    public var wordErrorRate: Double?
    public var wordScore: Score?
    public var readoutAccuracy: Double?
    public var readoutScore: Score?
    /// Of the CTC recogniser's words.
    public var latencyMs: Latency?
    /// Of the film's words: from the last sample of the stretch that was classified.
    public var filmLatencyMs: Latency?
    public var devices: [Device] = []
    /// Decisions that the event log does not hold, because its writer was too slow; without a recording, those of the screen.
    public var eventsLost: UInt64 = 0
    /// nil without a film.
    public var driveRefused: DriveRefusals?
}
