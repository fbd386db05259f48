/// What a measurement of delays found, for people's tables and machines' JSON.
public struct PulseReport: Encodable, Sendable {
    public enum Kind: String, Encodable, Sendable {
        /// Played on a sound card and heard.
        case sound
        /// Set on a board's output and read by its line.
        case line
    }

    public struct Entry: Encodable, Sendable {
        /// "device.stream".
        public var stream: String
        /// The digital line; nil for sound.
        public var line: String?
        public var kind: Kind
        public var pulsesSent: Int
        public var pulsesFound: Int
        public var pulsesLost: Int
        /// Median.
        public var delayMs: Double?
        /// Between the quartiles.
        public var spreadMs: Double?
        public var minMs: Double?
        public var maxMs: Double?
        /// The line for the device's table in the rig file.
        public var rigLine: String?
        /// Why there is no delay.
        public var error: String?

        /// - Parameter sent: pulses that left.
        init(_ stream: String, line: String? = nil, kind: Kind, sent: Int, _ result: Result<PulseDelay, PulseError>) {
            self.stream = stream
            self.line = line
            self.kind = kind
            pulsesSent = sent
            switch result {
            case .success(let delay):
                pulsesFound = delay.found
                pulsesLost = delay.lost
                delayMs = delay.median
                spreadMs = delay.spread
                minMs = delay.delaysMs.first
                maxMs = delay.delaysMs.last
                // A rig file takes no delay below 0.
                rigLine = delay.median >= 0 ? "latency_ms = \((delay.median * 10).rounded() / 10)" : nil
            case .failure(let failure):
                pulsesFound = 0
                pulsesLost = sent
                error = "\(failure)"
            }
        }
    }

    /// A device that could not be opened.
    public struct Failure: Encodable, Sendable {
        public var name: String
        public var error: String
    }

    public var seconds: Double
    public var entries: [Entry]
    public var failures: [Failure]

    public var pass: Bool { failures.isEmpty && !entries.isEmpty && entries.allSatisfy { $0.error == nil } }

    enum CodingKeys: String, CodingKey { case seconds, entries, failures, pass }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(entries, forKey: .entries)
        try container.encode(failures, forKey: .failures)
        try container.encode(pass, forKey: .pass)
    }
}
