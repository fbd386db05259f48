import Foundation

/// What `status` answers: one line of JSON.
public struct ControlStatus: Encodable, Equatable, Sendable {
    public enum State: String, Encodable, Sendable {
        /// The devices are being opened, nothing is recorded.
        case opening
        /// The devices run and are watched, nothing is recorded.
        case ready
        /// A device is away, so that nothing can be recorded; ``ControlStatus/error`` says why.
        case unavailable
        case starting
        case recording
        case stopping
    }

    /// One stream, as it was counted since the devices were opened.
    public struct Stream: Encodable, Equatable, Sendable {
        public var name: String
        public var received: UInt64
        public var lost: UInt64
        /// Whether its device is away at the moment.
        public var away: Bool

        public init(name: String, received: UInt64, lost: UInt64, away: Bool) {
            self.name = name
            self.received = received
            self.lost = lost
            self.away = away
        }
    }

    /// What `streams` answers for each.
    public struct StreamInfo: Encodable, Equatable, Sendable {
        public var name: String
        public var kind: String
        public var channels: Int
        /// 0 for an irregular one.
        public var rateHz: Double
        public var device: String

        public init(name: String, kind: String, channels: Int, rateHz: Double, device: String) {
            self.name = name
            self.kind = kind
            self.channels = channels
            self.rateHz = rateHz
            self.device = device
        }
    }

    public var state = State.opening
    /// The folder of the recording that runs, else of the last one.
    public var session: String?
    /// Seconds since the devices of the recording stream.
    public var seconds = 0.0
    /// Of the recording's files.
    public var bytes: UInt64 = 0
    /// On the disk of the recording.
    public var freeBytes: UInt64?
    public var streams: [Stream] = []
    /// What is to be known of the recording, such as a new run number.
    public var note: String?
    /// Why the last thing that was asked for was not done, or why devices are away.
    public var error: String?

    public init() {}

    /// - Parameter value: without values that JSON does not know.
    public static func line(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
