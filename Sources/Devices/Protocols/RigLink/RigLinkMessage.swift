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
    /// Host: new values of knobs, or only the question where they are (``RigLinkKnobSetting``).
    case setKnobs = 12
    /// Device: the answer (``RigLinkKnobState``).
    case knobs = 13
}

/// Fixed header before every payload: 16 bytes, little-endian.
public struct RigLinkHeader: Equatable, Sendable {
    /// Bytes of the header.
    public static let size = 16
    /// Of the protocol.
    public static let version: UInt8 = 1
    /// Bytes of the CRC-32C after the payload.
    static let checkSize = 4

    public var type: RigLinkType
    /// Counts the sender's messages, modulo 2¹⁶.
    public var sequence: UInt16
    /// The device's own clock in nanoseconds; 0 from the host.
    public var deviceTime: UInt64
    /// Bytes of the payload.
    public var length: UInt32

    public init(type: RigLinkType, sequence: UInt16, deviceTime: UInt64 = 0, length: Int) {
        self.type = type
        self.sequence = sequence
        self.deviceTime = deviceTime
        self.length = UInt32(length)
    }

    /// The header as it stands in the bytes; its type may be one of a later version.
    struct Fields {
        var type: UInt8
        var sequence: UInt16
        var deviceTime: UInt64
        var length: UInt32

        /// nil when the bytes are too few or of another version.
        init?(_ bytes: UnsafeRawBufferPointer) {
            var reader = ByteReader(bytes)
            guard reader.read(UInt8.self) == RigLinkHeader.version, let type = reader.read(UInt8.self),
                let sequence = reader.read(UInt16.self), let time = reader.read(UInt64.self),
                let length = reader.read(UInt32.self)
            else { return nil }
            self.type = type
            self.sequence = sequence
            deviceTime = time
            self.length = length
        }
    }

    /// nil when the type is not known.
    init?(_ fields: Fields) {
        guard let type = RigLinkType(rawValue: fields.type) else { return nil }
        self.type = type
        sequence = fields.sequence
        deviceTime = fields.deviceTime
        length = fields.length
    }
}

/// Frames of one stream, the payload of samples and drive messages: stream (1 byte), flags (1 byte, 0), number of frames
/// (2 bytes), counter of the first frame (8 bytes), then the values, frame-major, in the stream's format.
public struct RigLinkFrames {
    /// Bytes before the values.
    public static let headerSize = 12

    /// Place in the descriptor's list.
    public var stream: Int
    /// Number of frames.
    public var frames: Int
    /// The first frame's counter; each further one is one more.
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

    /// A payload of frames.
    /// - Parameters:
    ///   - stream: index in the descriptor.
    ///   - firstCounter: the first frame's counter.
    ///   - frames: number of frames.
    ///   - values: frame after frame, in the stream's unit.
    ///   - format: integers are rounded to nearest and saturate; what is no number becomes 0 there.
    ///   - scale: unit per count of the integer formats.
    public static func payload(
        stream: Int, firstCounter: UInt64, frames: Int, values: [Float],
        format: RigLinkDescriptor.Format = .float32,
        scale: Float = 1
    ) -> [UInt8] {
        let size = headerSize + format.size * values.count
        return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            count = values.withUnsafeBufferPointer {
                put(
                    stream: stream, firstCounter: firstCounter, frames: frames, values: $0, format: format, scale: scale,
                    into: UnsafeMutableRawBufferPointer(bytes))
            }
        }
    }

    /// The same at the start of memory that has room for it. Allocates nothing.
    /// - Returns: bytes of the payload.
    public static func put(
        stream: Int, firstCounter: UInt64, frames: Int, values: UnsafeBufferPointer<Float>, format: RigLinkDescriptor.Format,
        scale: Float, into bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        bytes[0] = UInt8(stream)
        bytes[1] = 0
        bytes.storeBytes(of: UInt16(frames).littleEndian, toByteOffset: 2, as: UInt16.self)
        bytes.storeBytes(of: firstCounter.littleEndian, toByteOffset: 4, as: UInt64.self)
        let size = format.size
        for (index, value) in values.enumerated() {
            let offset = headerSize + size * index
            switch format {
            case .float32: bytes.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: offset, as: UInt32.self)
            case .int16:
                let count = Int16(count(value, scale, in: -32768...32767))
                bytes.storeBytes(of: count.littleEndian, toByteOffset: offset, as: Int16.self)
            case .int32:
                let count = Int32(count(value, scale, in: -2_147_483_648...2_147_483_647))
                bytes.storeBytes(of: count.littleEndian, toByteOffset: offset, as: Int32.self)
            }
        }
        return headerSize + size * values.count
    }

    private static func count(_ value: Float, _ scale: Float, in range: ClosedRange<Double>) -> Double {
        let count = (Double(value) / Double(scale)).rounded()
        return count.isNaN ? 0 : min(max(count, range.lowerBound), range.upperBound)
    }
}

/// Payload of an error message: what a device has to say about a request or about itself.
public struct RigLinkFault: Equatable, Sendable {
    /// 1 malformed payload, 2 no such stream, 3 not streaming, 4 version not supported, 5 fault of the device; from 256 the
    /// device's own.
    public var code: UInt16
    /// For people, UTF-8.
    public var text: String

    public init(code: UInt16, text: String) {
        self.code = code
        self.text = text
    }

    public init?(_ payload: UnsafeRawBufferPointer) {
        var fault: RigLinkFault?
        _ = Self.read(payload) { fault = RigLinkFault(code: $0, text: String(decoding: $1, as: UTF8.self)) }
        guard let fault else { return nil }
        self = fault
    }

    /// The code and the text in UTF-8, lent for the call. Allocates nothing.
    /// - Returns: false when the payload is cut; then nothing is called.
    public static func read(_ payload: UnsafeRawBufferPointer, _ body: (UInt16, UnsafeRawBufferPointer) -> Void) -> Bool {
        var reader = ByteReader(payload)
        guard let code = reader.read(UInt16.self), let length = reader.read(UInt8.self), reader.remaining >= Int(length)
        else { return false }
        body(code, UnsafeRawBufferPointer(rebasing: payload[reader.offset..<reader.offset + Int(length)]))
        return true
    }

    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(code)
        writer.write(text)
        return writer.bytes
    }
}

/// Payload of a status message.
public struct RigLinkStatus: Equatable, Sendable {
    /// Drive frames for which the device has room.
    public var freeFrames: UInt32
    /// Drive frames that the device has dropped since the hello.
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
