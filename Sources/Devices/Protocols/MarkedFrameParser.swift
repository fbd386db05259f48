/// Finds frames of one size that begin with a header byte and a counter and end with one of some footer bytes, in a stream of bytes.
///
/// No frame has a checksum, so only bytes that *chain* make one. While frames follow each other without a gap, header and footer
/// suffice; if another frame seems to begin inside (a frame was cut, and the next one joined to it), the byte after the footer must
/// be a header, too. After bytes that fit nowhere, a frame counts only when its counter is the one after the last frame's, or when
/// another frame follows it: directly, its counter ahead by at most ``largestStep``, or after at most a frame's length of other
/// bytes with the very next counter, or the one after that where the frame holds no beginning of another. The result depends on the bytes only, not on how they were cut into pieces. Never traps,
/// never allocates after creation.
public struct MarkedFrameParser: ~Copyable {
    /// Steps of the counter that frames which follow each other directly may make when the stream was just found: some are
    /// doubled or lost on the way.
    public static let largestStep: UInt8 = 16

    /// Bytes of a frame.
    public let size: Int
    private let header: UInt8
    private let footers: ClosedRange<UInt8>
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var isSynchronised = true
    /// The last frame's counter; nil before the first.
    private var last: UInt8?
    /// Bytes since the last frame that belonged to none.
    private var gap = 0
    /// Bytes that belonged to no frame, since creation.
    public private(set) var skipped: UInt64 = 0

    /// - Parameters:
    ///   - size: bytes of a frame with header, counter and footer, at least 3.
    ///   - header: a frame's first byte.
    ///   - footers: bytes that may end a frame.
    public init(size: Int, header: UInt8, footers: ClosedRange<UInt8>) {
        precondition(size >= 3, "a frame has a header, a counter and a footer")
        self.size = size
        self.header = header
        self.footers = footers
        // A frame, as many other bytes, and the frame that confirms the first.
        buffer = .allocate(byteCount: 3 * size, alignment: 1)
    }

    deinit { buffer.deallocate() }

    /// Takes bytes and hands on each frame that they complete; the frame's bytes are lent for the call.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var next = 0
        while next < bytes.count {
            // In the usual case frames are looked at where they are.
            while filled == 0, isSynchronised, bytes.count - next >= size {
                let frame = UnsafeRawBufferPointer(rebasing: bytes[next..<next + size])
                guard frame[0] == header, footers.contains(frame[size - 1]), !hidesAnother(frame) else { break }
                last = frame[1]
                body(frame)
                next += size
            }
            guard next < bytes.count else { return }
            buffer[filled] = bytes[next]
            filled += 1
            next += 1
            settle(body)
        }
    }

    /// Forgets a frame that has begun: the device was closed or restarted.
    public mutating func reset() {
        skipped += UInt64(filled)
        filled = 0
        gap = 0
        last = nil
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
            let frame = UnsafeRawBufferPointer(rebasing: buffer[0..<size])
            if isSynchronised, hidesAnother(frame) {
                guard filled > size else { return }
                guard buffer[size] == header else {
                    discard()
                    continue
                }
            } else if !isSynchronised {
                if last.map({ frame[1] == $0 &+ 1 }) == true, !hidesAnother(frame) {
                    isSynchronised = gap == 0
                } else {
                    switch follower() {
                    case .undecided: return
                    case .missing:
                        discard()
                        continue
                    case .found(let distance): isSynchronised = distance == 0
                    }
                }
            }
            last = frame[1]
            gap = 0
            body(frame)
            shift(by: size)
        }
    }

    /// Whether the next frame seems to begin inside of one.
    private func hidesAnother(_ frame: UnsafeRawBufferPointer) -> Bool {
        let next = frame[1] &+ 1
        for index in 2..<size - 1 where frame[index] == header && frame[index + 1] == next { return true }
        return false
    }

    private enum Follower {
        /// More bytes are needed.
        case undecided
        case missing
        /// So many bytes are between the two.
        case found(gap: Int)
    }

    /// Looks for the frame that confirms the one at the buffer's start.
    private func follower() -> Follower {
        // Between two cut frames the next whole one is two ahead; a frame that was joined of two would hold the other's beginning.
        let furthest: UInt8 = hidesAnother(UnsafeRawBufferPointer(rebasing: buffer[0..<size])) ? 1 : 2
        for gap in 0...size {
            let begin = size + gap
            guard begin + 1 < filled else { return .undecided }
            let step = buffer[begin + 1] &- buffer[1]
            guard buffer[begin] == header, gap == 0 ? step <= Self.largestStep : (1...furthest).contains(step) else { continue }
            // At the greatest distance it ends where the buffer does, so a full buffer always decides.
            guard begin + size <= filled else { return .undecided }
            if footers.contains(buffer[begin + size - 1]) { return .found(gap: gap) }
        }
        return .missing
    }

    /// Drops the first byte and everything up to the next header.
    private mutating func discard() {
        isSynchronised = false
        var next = 1
        while next < filled, buffer[next] != header { next += 1 }
        skipped += UInt64(next)
        gap += next
        shift(by: next)
    }

    private mutating func shift(by count: Int) {
        for index in count..<max(count, filled) { buffer[index - count] = buffer[index] }
        filled -= count
    }
}

/// Whole numbers of three bytes, as converters of 24 bits send them.
public enum Int24 {
    /// What 24 bits hold.
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
