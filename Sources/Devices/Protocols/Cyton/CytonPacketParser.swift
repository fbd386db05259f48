/// Finds the packets in a Cyton's byte stream: a ``MarkedFrameParser`` for its header and footers.
public struct CytonPacketParser: ~Copyable {
    private var frames = MarkedFrameParser(
        size: CytonPacket.size, header: CytonPacket.header,
        footers: CytonPacket.Footer.accelerometer
            .rawValue...CytonPacket.Footer.rawAuxiliaryTimeSynced.rawValue)

    public init() {}

    /// Bytes that belonged to no packet, since creation.
    public var skipped: UInt64 { frames.skipped }

    /// Takes bytes and hands on each packet that they complete; the packet's bytes are lent for the call.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        frames.feed(bytes, body)
    }

    /// Forgets a packet that has begun: the device was closed or restarted.
    public mutating func reset() { frames.reset() }
}
