import Glibc

/// Finds messages that begin with an identifier and say how long they are.
///
/// What does not begin with the identifier is skipped to the next one and counted; so is a message that claims an impossible
/// size. The result depends on the bytes only, not on how they were cut. Never traps, never allocates after creation.
struct SizedMessageParser: ~Copyable {
    private let identifier: UnsafeMutableBufferPointer<UInt8>
    private let sizeOffset: Int
    private let headerSize: Int
    private let largest: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var begin = 0
    /// Bytes that belonged to no message, since creation.
    private(set) var skipped: UInt64 = 0

    /// - Parameters:
    ///   - sizeOffset: place of the whole message's size, four bytes, little-endian.
    ///   - headerSize: bytes of the smallest message; the size stands within.
    ///   - largest: longest message that is taken.
    init(identifier: [UInt8], sizeOffset: Int, headerSize: Int, largest: Int) {
        precondition(sizeOffset + 4 <= headerSize && !identifier.isEmpty && identifier.count <= headerSize)
        self.identifier = .allocate(capacity: identifier.count)
        _ = self.identifier.initialize(from: identifier)
        self.sizeOffset = sizeOffset
        self.headerSize = headerSize
        self.largest = largest
        buffer = .allocate(byteCount: largest * 2, alignment: 8)
    }

    deinit {
        identifier.deallocate()
        buffer.deallocate()
    }

    /// Takes bytes and hands on each message that they complete, with its header, lent for the call.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
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
    mutating func reset() {
        skipped += UInt64(filled - begin)
        filled = 0
        begin = 0
    }

    private mutating func settle(_ body: (UnsafeRawBufferPointer) -> Void) {
        while begin < filled {
            guard isIdentifier(at: begin) else {
                skipToIdentifier()
                continue
            }
            guard filled - begin >= headerSize else { return }
            let size = Int(
                UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: begin + sizeOffset, as: UInt32.self)))
            guard (headerSize...largest).contains(size) else {
                skipToIdentifier()
                continue
            }
            guard filled - begin >= size else { return }
            body(UnsafeRawBufferPointer(rebasing: buffer[begin..<begin + size]))
            begin += size
        }
    }

    /// Whether the bytes from here on are the identifier, as far as they have come.
    private func isIdentifier(at start: Int) -> Bool {
        for index in 0..<min(identifier.count, filled - start) where buffer[start + index] != identifier[index] {
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
