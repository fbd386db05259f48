import Signals

/// Makes RigLink frames: header, payload and CRC-32C, stuffed, with a zero at the end.
public struct RigLinkEncoder: Sendable {
    private var sequence: UInt16 = 0

    public init() {}

    public mutating func encode(_ type: RigLinkType, deviceTime: UInt64 = 0, _ payload: [UInt8] = [])
        -> [UInt8]
    {
        precondition(payload.count <= RigLinkDecoder.maximumPayload, "a payload has at most 65,536 bytes")
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(RigLinkHeader.size + payload.count + 4)
        writer.write(RigLinkHeader.version)
        writer.write(type.rawValue)
        writer.write(sequence)
        writer.write(deviceTime)
        writer.write(UInt32(payload.count))
        writer.bytes += payload
        writer.write(CRC32C.checksum(writer.bytes))
        sequence &+= 1
        return COBS.encode(writer.bytes) + [0]
    }
}

/// Finds the messages in a RigLink byte stream.
///
/// A zero byte ends a frame, so after any garbage the next zero is a new beginning. What fails its check is dropped and
/// counted. The result depends on the bytes only, not on how they were cut. Never traps, never allocates after creation.
public struct RigLinkDecoder: ~Copyable {
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
