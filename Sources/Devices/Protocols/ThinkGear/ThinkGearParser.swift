/// Finds the packets in a ThinkGear's byte stream.
///
/// After a wrong length or checksum the search goes on at the next byte, so that a damaged packet hides no whole one. The
/// result depends on the bytes only, not on how they were cut. Never traps, never allocates after creation.
public struct ThinkGearParser: ~Copyable {
    private static let window = 3 + ThinkGearPacket.longestPayload + 1
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    /// Bytes that belonged to no packet, since creation.
    public private(set) var skipped: UInt64 = 0
    /// Packets whose checksum was wrong, since creation.
    public private(set) var corrupt: UInt64 = 0

    public init() { buffer = .allocate(byteCount: Self.window, alignment: 1) }

    deinit { buffer.deallocate() }

    /// Takes bytes and hands on the payload of each packet that they complete, lent for the call, with the number of bytes
    /// that were skipped before it since the last packet.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, _ skippedBefore: UInt64) -> Void
    ) {
        for byte in bytes {
            buffer[filled] = byte
            filled += 1
            settle(body)
        }
    }

    /// Forgets a packet that has begun: the device was closed or restarted.
    public mutating func reset() {
        skipped += UInt64(filled)
        filled = 0
        reported = skipped
    }

    private var reported: UInt64 = 0

    /// Emits or discards until more bytes are needed.
    private mutating func settle(_ body: (UnsafeRawBufferPointer, UInt64) -> Void) {
        while filled > 0 {
            guard buffer[0] == ThinkGearPacket.sync, filled < 2 || buffer[1] == ThinkGearPacket.sync,
                filled < 3 || buffer[2] <= ThinkGearPacket.longestPayload
            else {
                discard()
                continue
            }
            guard filled >= 3, filled >= Int(buffer[2]) + 4 else { return }
            let length = Int(buffer[2])
            let payload = UnsafeRawBufferPointer(rebasing: buffer[3..<3 + length])
            guard ThinkGearPacket.checksum(payload) == buffer[3 + length] else {
                corrupt += 1
                discard()
                continue
            }
            body(payload, skipped - reported)
            reported = skipped
            shift(by: length + 4)
        }
    }

    /// Drops the first byte and everything up to the next sync byte.
    private mutating func discard() {
        var next = 1
        while next < filled, buffer[next] != ThinkGearPacket.sync { next += 1 }
        skipped += UInt64(next)
        shift(by: next)
    }

    private mutating func shift(by count: Int) {
        for index in count..<max(count, filled) { buffer[index - count] = buffer[index] }
        filled -= count
    }
}
