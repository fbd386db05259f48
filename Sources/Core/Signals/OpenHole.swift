/// What is missing of a stream after its last frame.
///
/// Frames that are lost between two others show in the device's counter when the second one comes. If none comes any more, because
/// the device is gone or silent, only the clock can tell what should have come.
public struct OpenHole: Equatable, Sendable {
    /// Frames, or that they cannot be told.
    public enum Frames: Equatable, Sendable {
        case count(UInt64)
        /// The stream has no rate, or none that is known.
        case unknown
    }

    /// Seconds by which the last frames of a device that is there may be late: they are under way and no loss.
    public static let longestDelay = 0.25

    /// Nothing is missing.
    public static let closed = OpenHole(frames: .count(0), seconds: 0)

    /// Frames that should have come and did not.
    public var frames: Frames
    /// From the last frame, or from the start where none came.
    public var seconds: Double

    public init(frames: Frames, seconds: Double) {
        self.frames = frames
        self.seconds = seconds
    }

    /// - Parameters:
    ///   - last: arrival of the last frame, or the start of the stream where none came.
    ///   - now: up to when frames should have come.
    ///   - isAway: whether the device is lost; otherwise a delay up to ``longestDelay`` is no hole.
    ///   - rate: frames per second; 0 when unknown.
    public init(last: HostTime, now: HostTime, isAway: Bool, rate: Double) {
        let seconds = now - last
        guard seconds > (isAway ? 0 : Self.longestDelay) else {
            self = .closed
            return
        }
        guard rate > 0, rate.isFinite else {
            // A stream without a rate may well have nothing to say; only of a device that is away it is unknown.
            self = isAway ? OpenHole(frames: .unknown, seconds: seconds) : .closed
            return
        }
        self.init(frames: .count(UInt64(saturating: rate * seconds)), seconds: seconds)
    }

    /// Whether anything is missing, or may be.
    public var isOpen: Bool { frames != .count(0) }
}

/// In JSON a number, or the word "unknown".
extension OpenHole.Frames: Codable, CustomStringConvertible {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = (try? container.decode(UInt64.self)).map { .count($0) } ?? .unknown
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .count(let count): try container.encode(count)
        case .unknown: try container.encode("unknown")
        }
    }

    public var description: String {
        switch self {
        case .count(let count): "\(count)"
        case .unknown: "unknown"
        }
    }
}
