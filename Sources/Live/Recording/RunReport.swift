public import LiveGraph
public import Recognition
public import Signals

/// What a run delivered, for people's tables and machines' JSON.
public struct RunReport: Codable, Sendable {
    /// What one stream delivered.
    public struct Stream: Codable, Sendable {
        /// "device.stream".
        public var name: String
        /// How the device was reached: "libserialport", "termios", "ALSA", "RigLink over TCP".
        public var backend: String
        /// Frames that arrived.
        public var received: UInt64
        /// Frames that the device counted and that did not come, or that a full ring refused.
        public var lost: UInt64
        /// Frames that should have come after the last one, which `lost` does not count: no later frame told of them.
        public var openHole: OpenHole.Frames
        /// Device clock against the host's; nil for streams without a rate.
        public var driftPpm: Double?
        /// How often the device came back after a loss.
        public var reconnections: UInt64
        /// 99th percentile of how early or late blocks came, in milliseconds; nil for streams without a rate.
        public var jitterMs: Double?

        public init(
            name: String, backend: String, received: UInt64, lost: UInt64, openHole: OpenHole.Frames = .count(0),
            driftPpm: Double?, reconnections: UInt64, jitterMs: Double? = nil
        ) {
            self.name = name
            self.backend = backend
            self.received = received
            self.lost = lost
            self.openHole = openHole
            self.driftPpm = driftPpm
            self.reconnections = reconnections
            self.jitterMs = jitterMs
        }
    }

    /// What happened to one device.
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

    /// Quantiles of a time, in milliseconds.
    public struct Quantiles: Codable, Sendable, Equatable {
        /// Median, ms.
        public var p50: Double
        /// 99th percentile, ms.
        public var p99: Double
        /// 99.9th percentile, ms.
        public var p999: Double
        /// Largest, ms.
        public var max: Double
        /// Number of words.
        public var count: Int

        public init(p50: Double, p99: Double, p999: Double, max: Double, count: Int) {
            self.p50 = p50
            self.p99 = p99
            self.p999 = p999
            self.max = max
            self.count = count
        }

        /// Exact ones, by nearest rank; nil for none.
        public init?(seconds: [Double]) {
            guard !seconds.isEmpty else { return nil }
            let sorted = seconds.sorted()
            func value(_ percent: Double) -> Double {
                // Rounding of the product must not make it the next rank.
                let rank = Int((percent / 100 * Double(sorted.count) - 1e-9).rounded(.up))
                return sorted[Swift.max(1, Swift.min(sorted.count, rank)) - 1] * 1000
            }
            self.init(p50: value(50), p99: value(99), p999: value(99.9), max: value(100), count: sorted.count)
        }
    }

    /// How long words were waited for, in milliseconds: from a word's end, in stamped time, to the host's time of its decision.
    public struct WordDelay: Codable, Sendable, Equatable {
        /// What a word's end is.
        public enum End: String, Codable, Sendable {
            /// The last loud sample of the word that was really spoken.
            case spokenEnd = "spoken_end"
            /// The end of the span that the decision names: nobody knows what was said.
            case namedSpanEnd = "named_span_end"
        }

        public var from: End
        public var p50: Double
        public var p99: Double
        public var p999: Double
        public var max: Double
        public var count: Int

        public init(_ quantiles: Quantiles, from: End) {
            self.from = from
            p50 = quantiles.p50
            p99 = quantiles.p99
            p999 = quantiles.p999
            max = quantiles.max
            count = quantiles.count
        }
    }

    /// A comparison with the words that were really spoken.
    public struct Score: Codable, Sendable {
        /// Words that were spoken.
        public var reference: Int
        /// Words that were recognised.
        public var hypothesis: Int
        /// Words that were recognised as others.
        public var substitutions: Int
        /// Words that were missed.
        public var deletions: Int
        /// Words that nobody said.
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
    }

    /// What one stage of several made of the words that were really spoken.
    public struct StageScore: Codable, Sendable {
        public var stage: String
        public var score: Score
        /// (S + D + I) / N.
        public var errorRate: Double

        public init(stage: String, errors: WordErrors) {
            self.stage = stage
            score = Score(errors)
            errorRate = errors.rate
        }
    }

    /// What a stage's certificate and costs said about its final words.
    public struct StageActions: Codable, Sendable, Equatable {
        /// nil for a stage without a name.
        public var stage: String?
        /// "word" or "film_word", as in the event log.
        public var event: String
        public var act = 0
        public var confirm = 0
        public var ignore = 0
        /// Mean of 1 − confidence over the words to act on: false actions that the confidences promise; nil when there is none.
        public var promisedFalseRate: Double?
        /// Of the last `calibration` event: the posterior probability that the confidences are calibrated, and whether it is an alarm. nil
        /// where no cues told what was said.
        public var posterior: Double?
        public var alarm: Bool?
    }

    /// How long something took, in milliseconds, as often as it happened.
    public struct Latency: Codable, Sendable, Equatable {
        /// "pipeline": from an item's arrival until every stage has taken it. "computing": from the arrival of the last bytes that a
        /// decision needed to the decision. "word_delay": from the end of the span that a word names to its decision.
        public var kind: String
        /// Of the stage that decided; nil for what all share.
        public var stage: String?
        public var count: UInt64
        public var meanMs: Double
        public var p50: Double
        public var p99: Double
        public var p999: Double
        public var max: Double
        /// How many took at most 0.1, 0.2, 0.5, 1, … 5000 ms; the last number counts all.
        public var counts: [UInt64] = []
    }

    /// The session folder, when the run was recorded.
    public var session: String?
    /// Length of the run.
    public var seconds: Double
    /// Why it ended: "done", or the signal.
    public var stopped: String
    /// Why the recording ended early, or could not be closed; nil when all is well.
    public var failure: String?
    public var streams: [Stream]
    /// Decisions of the run.
    public var events: Int
    /// Of the first recogniser: (substitutions + deletions + insertions) / spoken words; nil where nobody knows what was said.
    public var wordErrorRate: Double?
    public var wordScore: Score?
    /// Of the first readout: share of spoken words that it named; nil likewise.
    public var readoutAccuracy: Double?
    public var readoutScore: Score?
    /// Of a rig with several recognisers or readouts; the scores above are those of the first one of each.
    public var stageScores: [StageScore]?
    /// From the arrival of the last bytes that a word of the CTC recogniser needed to its decision.
    public var computingMs: Quantiles?
    /// The same for the film's words.
    public var filmComputingMs: Quantiles?
    /// From a word's end to its decision by the CTC recogniser.
    public var wordDelayMs: WordDelay?
    /// The same for the film.
    public var filmWordDelayMs: WordDelay?
    /// Of utterances that the rig file asks for: from the end of the first word to where the text so far began with it. It follows from
    /// the data: the computing is not in it.
    public var firstWordMs: Quantiles?
    public var devices: [Device] = []
    /// Decisions that the event log does not hold, because its writer was too slow; without a recording, those of the screen.
    public var eventsLost: UInt64 = 0
    /// nil without a film.
    public var driveRefused: DriveRefusals?
    /// nil without a continuous readout.
    public var predictions: [PredictionSummary]?
    /// What was to be done about the words of each stage with a certificate; nil without one.
    public var actions: [StageActions]?
    /// Times of the pipeline and of each stage's decisions.
    public var latencies: [Latency]?
    /// Processor time of the program, in seconds.
    public var processorSeconds: Double?
}
