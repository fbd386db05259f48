/// Finds ``LSLRecord``s in bytes. Bytes that belong to none are skipped and counted. Never traps, never allocates after
/// creation.
public struct LSLRecordParser: ~Copyable {
    private var parser: SizedMessageParser

    /// - Parameter format: of the stream; records of numbers are shorter than those of texts.
    public init(_ format: LSLFormat = .string) {
        parser = SizedMessageParser(
            identifier: LSLRecord.identifier, sizeOffset: 4, headerSize: LSLRecord.headerSize,
            largest: LSLRecord.largest(format))
    }

    /// Bytes that belonged to no record, since creation.
    public var skipped: UInt64 { parser.skipped }

    /// Takes bytes and hands on each record that they complete, lent for the call; its kind is nil when it is not known.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ body: (LSLRecord.Kind?, UnsafeRawBufferPointer) -> Void
    ) {
        parser.feed(bytes) { body(LSLRecord.Kind(rawValue: $0[8]), $0) }
    }

    /// Forgets a record that has begun.
    public mutating func reset() { parser.reset() }
}
