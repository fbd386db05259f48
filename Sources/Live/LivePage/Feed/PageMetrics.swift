/// Times and loads of a run.
public struct PageMetrics: Encodable, Sendable, Equatable {
    /// How long something took, as often as it happened.
    public struct Latency: Encodable, Sendable, Equatable {
        /// "pipeline": from an item's arrival until every stage has taken it. "computing": from the arrival of the last bytes that a
        /// decision needed to the decision. "word_delay": from a word's end to its decision.
        public var kind: String
        /// Of the stage that decided; nil for what all share.
        public var stage: String?
        public var count: UInt64
        /// In milliseconds.
        public var sumMs: Double
        public var p50: Double
        public var p99: Double
        public var p999: Double
        public var max: Double
        /// How many took at most as long as each of ``PrometheusText/edges``; the last number counts all.
        public var counts: [UInt64]

        public init(
            kind: String, stage: String?, count: UInt64, sumMs: Double, p50: Double, p99: Double, p999: Double, max: Double,
            counts: [UInt64]
        ) {
            self.kind = kind
            self.stage = stage
            self.count = count
            self.sumMs = sumMs
            self.p50 = p50
            self.p99 = p99
            self.p999 = p999
            self.max = max
            self.counts = counts
        }
    }

    public var latencies: [Latency]
    /// Processor time of the program so far, in seconds, and the share of one core that it took lately.
    public var processorSeconds: Double
    public var processorShare: Double
    /// The same of the page's thread.
    public var pageProcessorSeconds: Double
    public var pageProcessorShare: Double

    public init(
        latencies: [Latency] = [], processorSeconds: Double = 0, processorShare: Double = 0,
        pageProcessorSeconds: Double = 0, pageProcessorShare: Double = 0
    ) {
        self.latencies = latencies
        self.processorSeconds = processorSeconds
        self.processorShare = processorShare
        self.pageProcessorSeconds = pageProcessorSeconds
        self.pageProcessorShare = pageProcessorShare
    }
}
