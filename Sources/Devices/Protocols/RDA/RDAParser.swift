/// Finds the messages in an RDA stream.
///
/// A message begins with the identifier. What does not is skipped to the next identifier and counted; so is a message that
/// claims an impossible size. The result depends on the bytes only. Never traps, never allocates after creation.
public struct RDAParser: ~Copyable {
    /// Longest message that is taken: 256 channels of 4 bytes for 1,000 points, with room.
    public static let largestMessage = 1 << 21

    private var parser: SizedMessageParser

    public init() { self.init(largestMessage: Self.largestMessage) }

    /// - Parameter largestMessage: a smaller one for tests that make many parsers.
    package init(largestMessage: Int) {
        parser = SizedMessageParser(
            identifier: RDAMessage.identifier, sizeOffset: 16, headerSize: RDAMessage.headerSize, largest: largestMessage)
    }

    /// Bytes that belonged to no message, since creation.
    public var skipped: UInt64 { parser.skipped }

    /// Takes bytes and hands on each message that they complete: its kind (nil when it is not known) and its body, lent
    /// for the call.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ body: (RDAMessage.Kind?, UnsafeRawBufferPointer) -> Void
    ) {
        parser.feed(bytes) { message in
            let kind = UInt32(littleEndian: message.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
            body(
                RDAMessage.Kind(rawValue: kind), UnsafeRawBufferPointer(rebasing: message[RDAMessage.headerSize...]))
        }
    }

    /// Forgets a message that has begun: the connection was closed.
    public mutating func reset() { parser.reset() }
}
