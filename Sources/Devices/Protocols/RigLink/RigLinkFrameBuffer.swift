/// Memory in which RigLink frames are composed; claimed once, so that sending is allowed on the real-time path.
///
///     let buffer = RigLinkFrameBuffer(largestPayload: 8)
///     buffer.payload.storeBytes(of: seed, as: UInt64.self)
///     try transport.write(encoder.encode(.reset, payloadBytes: 8, in: buffer), timeout: 1)
public final class RigLinkFrameBuffer {
    /// Header, payload and checksum.
    let plain: UnsafeMutableRawBufferPointer
    /// The same, stuffed, with a zero at the end.
    let stuffed: UnsafeMutableRawBufferPointer

    /// - Parameter largestPayload: bytes, at most ``RigLinkDecoder/maximumPayload``.
    public init(largestPayload: Int) {
        precondition((0...RigLinkDecoder.maximumPayload).contains(largestPayload), "a payload has at most 65,536 bytes")
        let size = RigLinkHeader.size + largestPayload + RigLinkHeader.checkSize
        plain = .allocate(byteCount: size, alignment: 8)
        stuffed = .allocate(byteCount: COBS.largestSize(of: size) + 1, alignment: 8)
    }

    deinit {
        plain.deallocate()
        stuffed.deallocate()
    }

    /// Where a payload is put before it is encoded.
    public var payload: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: plain[RigLinkHeader.size..<plain.count - RigLinkHeader.checkSize])
    }
}
