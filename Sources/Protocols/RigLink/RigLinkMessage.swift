/// The messages of RigLink, the wire protocol of sensor boards and reservoirs. The specification is in
/// `firmware-protocols/riglink`.
public enum RigLinkType: UInt8, Sendable, CaseIterable {
    /// Host: who are you? Payload: highest version understood (1 byte).
    case hello = 1
    /// Device: a ``RigLinkDescriptor``.
    case descriptor = 2
    /// Host: begin to stream.
    case start = 3
    /// Host: stop streaming.
    case stop = 4
    /// Device: frames of one stream (``RigLinkFrames``).
    case samples = 5
    /// Host: frames for a drive stream (``RigLinkFrames``).
    case drive = 6
    /// Host: back to the initial state before the next drive frame. Payload: seed (8 bytes).
    case reset = 7
    /// Device: drive frames that it still has room for, and drive frames that it dropped (4 bytes each).
    case status = 8
    /// Device: code (2 bytes) and text.
    case error = 9
    /// Host: payload of 8 bytes that comes back in a ``pong``.
    case ping = 10
    /// Device: the ping's payload.
    case pong = 11
}

/// Fixed header before every payload: 16 bytes, little-endian.
public struct RigLinkHeader: Equatable, Sendable {
    public static let size = 16
    public static let version: UInt8 = 1

    public var type: RigLinkType
    /// Counts the sender's messages, modulo 2¹⁶.
    public var sequence: UInt16
    /// The device's own clock in nanoseconds; 0 from the host.
    public var deviceTime: UInt64
    public var length: UInt32

    public init(type: RigLinkType, sequence: UInt16, deviceTime: UInt64 = 0, length: Int) {
        self.type = type
        self.sequence = sequence
        self.deviceTime = deviceTime
        self.length = UInt32(length)
    }

    /// nil when the bytes are no header of a version and type that are known.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard reader.read(UInt8.self) == Self.version, let code = reader.read(UInt8.self),
            let type = RigLinkType(rawValue: code), let sequence = reader.read(UInt16.self),
            let time = reader.read(UInt64.self), let length = reader.read(UInt32.self)
        else { return nil }
        self.type = type
        self.sequence = sequence
        deviceTime = time
        self.length = length
    }
}

/// Frames of one stream, the payload of samples and drive messages: stream (1 byte), flags (1 byte, 0), number of frames
/// (2 bytes), counter of the first frame (8 bytes), then the values, frame-major, in the stream's format.
public struct RigLinkFrames {
    public static let headerSize = 12

    public var stream: Int
    public var frames: Int
    public var firstCounter: UInt64
    /// The values as they came; valid as long as the payload is.
    public var values: UnsafeRawBufferPointer

    /// nil when the payload is too short for its own header.
    public init?(_ payload: UnsafeRawBufferPointer) {
        var reader = ByteReader(payload)
        guard let stream = reader.read(UInt8.self), reader.read(UInt8.self) != nil,
            let frames = reader.read(UInt16.self), let counter = reader.read(UInt64.self)
        else { return nil }
        self.stream = Int(stream)
        self.frames = Int(frames)
        firstCounter = counter
        values = UnsafeRawBufferPointer(rebasing: payload[Self.headerSize...])
    }

    /// A payload with 32-bit floating-point values.
    public static func payload(stream: Int, firstCounter: UInt64, frames: Int, values: [Float]) -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(headerSize + 4 * values.count)
        writer.write(UInt8(stream))
        writer.write(UInt8(0))
        writer.write(UInt16(frames))
        writer.write(firstCounter)
        for value in values { writer.write(value) }
        return writer.bytes
    }
}

/// Payload of a status message.
public struct RigLinkStatus: Equatable, Sendable {
    public var freeFrames: UInt32
    public var droppedFrames: UInt32

    public init(freeFrames: UInt32, droppedFrames: UInt32) {
        self.freeFrames = freeFrames
        self.droppedFrames = droppedFrames
    }

    public init?(_ payload: UnsafeRawBufferPointer) {
        var reader = ByteReader(payload)
        guard let free = reader.read(UInt32.self), let dropped = reader.read(UInt32.self) else { return nil }
        self.init(freeFrames: free, droppedFrames: dropped)
    }

    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(freeFrames)
        writer.write(droppedFrames)
        return writer.bytes
    }
}
