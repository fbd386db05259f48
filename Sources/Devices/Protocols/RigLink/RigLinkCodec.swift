import Signals

/// Makes RigLink frames: header, payload and CRC-32C, stuffed, with a zero at the end.
public struct RigLinkEncoder: Sendable {
    private var sequence: UInt16 = 0

    public init() {}

    public mutating func encode(_ type: RigLinkType, deviceTime: UInt64 = 0, _ payload: [UInt8] = [])
        -> [UInt8]
    {
        let buffer = RigLinkFrameBuffer(largestPayload: payload.count)
        buffer.payload.copyBytes(from: payload)
        return Array(encode(type, deviceTime: deviceTime, payloadBytes: payload.count, in: buffer))
    }

    /// Encodes the payload that lies at the start of the buffer's. Allocates nothing.
    /// - Returns: the frame, valid until the buffer is used again.
    public mutating func encode(
        _ type: RigLinkType, deviceTime: UInt64 = 0, payloadBytes: Int, in buffer: RigLinkFrameBuffer
    ) -> UnsafeRawBufferPointer {
        precondition((0...buffer.payload.count).contains(payloadBytes), "a payload must fit in its buffer")
        let plain = buffer.plain
        let end = RigLinkHeader.size + payloadBytes
        plain[0] = RigLinkHeader.version
        plain[1] = type.rawValue
        plain.storeBytes(of: sequence.littleEndian, toByteOffset: 2, as: UInt16.self)
        plain.storeBytes(of: deviceTime.littleEndian, toByteOffset: 4, as: UInt64.self)
        plain.storeBytes(of: UInt32(payloadBytes).littleEndian, toByteOffset: 12, as: UInt32.self)
        let check = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: plain[0..<end]))
        plain.storeBytes(of: check.littleEndian, toByteOffset: end, as: UInt32.self)
        sequence &+= 1
        let count = COBS.encode(
            UnsafeRawBufferPointer(rebasing: plain[0..<end + RigLinkHeader.checkSize]), into: buffer.stuffed)
        buffer.stuffed[count] = 0
        return UnsafeRawBufferPointer(rebasing: buffer.stuffed[0...count])
    }
}

/// Finds the messages in a RigLink byte stream.
///
/// A zero byte ends a frame, so after any garbage the next zero is a new beginning. What fails its check is dropped and
/// counted. The result depends on the bytes only, not on how they were cut. Never traps, never allocates after creation.
public struct RigLinkDecoder: ~Copyable {
    /// Bytes; a longer message is damage.
    public static let maximumPayload = 65_536
    private static let capacity = {
        let plain = RigLinkHeader.size + maximumPayload + 4
        return plain + plain / 254 + 2
    }()

    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private var filled = 0
    private var isOverlong = false
    private var lastSequence: UInt16?
    /// Bytes of frames that were no messages, since creation.
    public private(set) var skipped: UInt64 = 0
    /// Frames that failed their check, since creation.
    public private(set) var corrupt: UInt64 = 0
    /// Messages that the sender counted and that did not come, since creation.
    public private(set) var lostMessages: UInt64 = 0
    /// Sound messages of a type that this version does not know, since creation.
    public private(set) var unknown: UInt64 = 0

    public init() { buffer = .allocate(capacity: Self.capacity) }

    deinit { buffer.deallocate() }

    /// Takes bytes and hands on each message that they complete; the payload is lent for the call.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ body: (RigLinkHeader, UnsafeRawBufferPointer) -> Void
    ) {
        for byte in bytes {
            if byte == 0 {
                finish(body)
            } else if filled < buffer.count {
                buffer[filled] = byte
                filled += 1
            } else {
                isOverlong = true
                skipped += 1
            }
        }
    }

    /// Forgets a frame that has begun: the link was closed.
    public mutating func reset() {
        skipped += UInt64(filled)
        filled = 0
        isOverlong = false
        lastSequence = nil
    }

    private mutating func finish(_ body: (RigLinkHeader, UnsafeRawBufferPointer) -> Void) {
        let stuffed = filled
        filled = 0
        defer { isOverlong = false }
        guard stuffed > 0 else { return }
        guard !isOverlong,
            let count = COBS.decode(inPlace: UnsafeMutableBufferPointer(rebasing: buffer[0..<stuffed])),
            count >= RigLinkHeader.size + 4
        else { return reject(stuffed) }
        let frame = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[0..<count]))
        let covered = UnsafeRawBufferPointer(rebasing: frame[0..<count - 4])
        let check = UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        guard check == CRC32C.checksum(covered), let fields = RigLinkHeader.Fields(covered),
            Int(fields.length) == covered.count - RigLinkHeader.size
        else { return reject(stuffed) }
        if let last = lastSequence { lostMessages += UInt64(fields.sequence &- last &- 1) }
        lastSequence = fields.sequence
        guard let header = RigLinkHeader(fields) else {
            unknown += 1
            return
        }
        body(header, UnsafeRawBufferPointer(rebasing: covered[RigLinkHeader.size...]))
    }

    private mutating func reject(_ bytes: Int) {
        skipped += UInt64(bytes)
        corrupt += 1
    }
}
