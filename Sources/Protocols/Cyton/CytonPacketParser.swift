/// Finds the packets in a Cyton's byte stream.
///
/// A packet counts when its header and footer are in place. After bytes that fit nowhere, a packet counts only when a header
/// follows it, because 0xA0 and a footer may stand 32 bytes apart in samples, too. The result depends on the bytes only,
/// not on how they were cut into pieces. Never traps, never allocates after creation.
public struct CytonPacketParser: ~Copyable {
    private static let window = CytonPacket.size + 1
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var isSynchronised = true
    /// Bytes that belonged to no packet, since creation.
    public private(set) var skipped: UInt64 = 0

    public init() { buffer = .allocate(byteCount: Self.window, alignment: 1) }

    deinit { buffer.deallocate() }

    /// Takes bytes and hands on each packet that they complete; the packet's bytes are lent for the call.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
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
        isSynchronised = true
    }

    /// Emits or discards until more bytes are needed.
    private mutating func settle(_ body: (UnsafeRawBufferPointer) -> Void) {
        while filled > 0 {
            if buffer[0] != CytonPacket.header {
                discard()
                continue
            }
            guard filled >= CytonPacket.size else { return }
            guard CytonPacket.Footer(rawValue: buffer[CytonPacket.size - 1]) != nil else {
                discard()
                continue
            }
            if !isSynchronised {
                guard filled == Self.window else { return }
                guard buffer[CytonPacket.size] == CytonPacket.header else {
                    discard()
                    continue
                }
                isSynchronised = true
            }
            body(UnsafeRawBufferPointer(rebasing: buffer[0..<CytonPacket.size]))
            shift(by: CytonPacket.size)
        }
    }

    /// Drops the first byte and everything up to the next header.
    private mutating func discard() {
        isSynchronised = false
        var next = 1
        while next < filled, buffer[next] != CytonPacket.header { next += 1 }
        skipped += UInt64(next)
        shift(by: next)
    }

    private mutating func shift(by count: Int) {
        for index in count..<max(count, filled) { buffer[index - count] = buffer[index] }
        filled -= count
    }
}
