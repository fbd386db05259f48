import Glibc

/// Finds the messages in an RDA stream.
///
/// A message begins with the identifier. What does not is skipped to the next identifier and counted; so is a message that
/// claims an impossible size. The result depends on the bytes only. Never traps, never allocates after creation.
public struct RDAParser: ~Copyable {
    /// Longest message that is taken: 256 channels of 4 bytes for 1,000 points, with room.
    public static let largestMessage = 1 << 21

    private let largestMessage: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var begin = 0
    /// Bytes that belonged to no message, since creation.
    public private(set) var skipped: UInt64 = 0

    public init() { self.init(largestMessage: Self.largestMessage) }

    /// - Parameter largestMessage: a smaller one for tests that make many parsers.
    package init(largestMessage: Int) {
        self.largestMessage = largestMessage
        buffer = .allocate(byteCount: largestMessage * 2, alignment: 8)
    }

    deinit { buffer.deallocate() }

    /// Takes bytes and hands on each message that they complete: its kind (nil when it is not known) and its body, lent
    /// for the call.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ body: (RDAMessage.Kind?, UnsafeRawBufferPointer) -> Void
    ) {
        var rest = bytes
        while !rest.isEmpty {
            let count = min(rest.count, buffer.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: rest[0..<count]))
            filled += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            settle(body)
            compact()
        }
    }

    /// Forgets a message that has begun: the connection was closed.
    public mutating func reset() {
        skipped += UInt64(filled - begin)
        filled = 0
        begin = 0
    }

    private mutating func settle(_ body: (RDAMessage.Kind?, UnsafeRawBufferPointer) -> Void) {
        while begin < filled {
            guard isIdentifier(at: begin) else {
                skipToIdentifier()
                continue
            }
            guard filled - begin >= RDAMessage.headerSize else { return }
            let size = Int(
                UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: begin + 16, as: UInt32.self)))
            guard (RDAMessage.headerSize...largestMessage).contains(size) else {
                skipToIdentifier()
                continue
            }
            guard filled - begin >= size else { return }
            let kind = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: begin + 20, as: UInt32.self))
            body(
                RDAMessage.Kind(rawValue: kind),
                UnsafeRawBufferPointer(rebasing: buffer[begin + RDAMessage.headerSize..<begin + size]))
            begin += size
        }
    }

    /// Whether the bytes from here on are the identifier, as far as they have come.
    private func isIdentifier(at start: Int) -> Bool {
        for index in 0..<min(RDAMessage.identifier.count, filled - start)
        where buffer[start + index] != RDAMessage.identifier[index] {
            return false
        }
        return true
    }

    private mutating func skipToIdentifier() {
        let start = begin
        begin += 1
        while begin < filled, !isIdentifier(at: begin) { begin += 1 }
        skipped += UInt64(begin - start)
    }

    /// Moves what has begun to the front, so that there is always room for a whole message.
    private mutating func compact() {
        guard begin > 0 else { return }
        let left = filled - begin
        if left > 0, let start = buffer.baseAddress { memmove(start, start + begin, left) }
        filled = left
        begin = 0
    }
}
