/// Consecutive frames of one stream, as a driver hands them on.
///
/// `samples` is frame-major, shape `[frames, channels]`, in the units of the stream's description. The device's own frame
/// counter (unwrapped to 64 bits) names the first frame; `hostTime` is when the block's last byte reached this machine.
/// This is the owning form, for files, tests and replay; on the real-time path the same content lies in a ``SampleRing``.
public struct SampleBlock: Equatable, Sendable {
    /// Index of the stream in its device's list of streams.
    public var stream: Int
    /// Device counter of the first frame, unwrapped.
    public var firstCounter: UInt64
    /// Arrival of the block's last byte.
    public var hostTime: HostTime
    /// Channels of each frame.
    public var channels: Int
    /// Frame-major, shape `[frames, channels]`, in the stream's units.
    public var samples: [Float]
    /// Frames that the device sent (by its counter) or the ring refused between the previous block and this one.
    public var missingBefore: UInt64

    /// - Precondition: `samples` holds whole frames.
    public init(
        stream: Int, firstCounter: UInt64, hostTime: HostTime, channels: Int, samples: [Float], missingBefore: UInt64 = 0
    ) {
        precondition(channels > 0 && samples.count % channels == 0, "samples must hold whole frames")
        self.stream = stream
        self.firstCounter = firstCounter
        self.hostTime = hostTime
        self.channels = channels
        self.samples = samples
        self.missingBefore = missingBefore
    }

    /// Number of frames.
    public var frames: Int { samples.count / channels }

    /// The hole before this block, if any.
    public var gap: Gap? {
        missingBefore == 0 ? nil : Gap(first: firstCounter - missingBefore, count: missingBefore)
    }
}

/// Frames that are known to be missing: never filled, always counted.
public struct Gap: Hashable, Sendable, Codable {
    /// Device counter of the first missing frame.
    public var first: UInt64
    /// Number of missing frames.
    public var count: UInt64

    public init(first: UInt64, count: UInt64) {
        self.first = first
        self.count = count
    }
}
