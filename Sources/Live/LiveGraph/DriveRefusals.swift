/// What the graph wanted to send to a film and its queue had no room for.
public struct DriveRefusals: Codable, Sendable, Equatable {
    /// They were sent later, before the next frame that got through.
    public var resets: UInt64 = 0
    /// The film did not hear them.
    public var frames: UInt64 = 0
    /// They were sent within the limits of the rig file, otherwise than they were asked for.
    public var limited: UInt64 = 0

    public init() {}
}
