/// Finds frames of one size that begin with a header byte and end with one of some footer bytes, in a stream of bytes.
///
/// A frame counts when header and footer are in place. After bytes that fit nowhere, a frame counts only when another
/// header follows it, because the marks may stand at the right distance inside of samples, too. The result depends on the
/// bytes only, not on how they were cut into pieces. Never traps, never allocates after creation.
public struct MarkedFrameParser: ~Copyable {
    public let size: Int
    private let header: UInt8
    private let footers: ClosedRange<UInt8>
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var isSynchronised = true
    /// Bytes that belonged to no frame, since creation.
    public private(set) var skipped: UInt64 = 0

    /// - Parameter size: bytes of a frame with header and footer, at least 3.
    public init(size: Int, header: UInt8, footers: ClosedRange<UInt8>) {
        precondition(size >= 3, "a frame has a header, a footer and something between them")
        self.size = size
        self.header = header
        self.footers = footers
        buffer = .allocate(byteCount: size + 1, alignment: 1)
    }

    deinit { buffer.deallocate() }

    /// Takes bytes and hands on each frame that they complete; the frame's bytes are lent for the call.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        for byte in bytes {
            buffer[filled] = byte
            filled += 1
            settle(body)
        }
    }

    /// Forgets a frame that has begun: the device was closed or restarted.
    public mutating func reset() {
        skipped += UInt64(filled)
        filled = 0
        isSynchronised = true
    }

    /// Emits or discards until more bytes are needed.
    private mutating func settle(_ body: (UnsafeRawBufferPointer) -> Void) {
        while filled > 0 {
            if buffer[0] != header {
                discard()
                continue
            }
            guard filled >= size else { return }
            guard footers.contains(buffer[size - 1]) else {
                discard()
                continue
            }
            if !isSynchronised {
                guard filled == size + 1 else { return }
                guard buffer[size] == header else {
                    discard()
                    continue
                }
                isSynchronised = true
            }
            body(UnsafeRawBufferPointer(rebasing: buffer[0..<size]))
            shift(by: size)
        }
    }

    /// Drops the first byte and everything up to the next header.
    private mutating func discard() {
        isSynchronised = false
        var next = 1
        while next < filled, buffer[next] != header { next += 1 }
        skipped += UInt64(next)
        shift(by: next)
    }

    private mutating func shift(by count: Int) {
        for index in count..<max(count, filled) { buffer[index - count] = buffer[index] }
        filled -= count
    }
}

/// Whole numbers of three bytes, as converters of 24 bits send them.
public enum Int24 {
    public static let range = -8_388_608...8_388_607

    /// Most significant byte first, two's complement; read in place.
    public static func bigEndian(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        let word =
            UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
        return Int32(bitPattern: word) >> 8
    }

    /// Clipped at the range.
    public static func bytes(_ value: Int) -> [UInt8] {
        let word = UInt32(bitPattern: Int32(min(max(value, range.lowerBound), range.upperBound)))
        return [UInt8(word >> 16 & 0xFF), UInt8(word >> 8 & 0xFF), UInt8(word & 0xFF)]
    }
}
