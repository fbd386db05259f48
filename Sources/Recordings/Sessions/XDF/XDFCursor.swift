/// Walks through bytes; every read says nil at the end instead of going past it.
struct XDFCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var left: Int { bytes.count - offset }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T? {
        guard left >= MemoryLayout<T>.size else { return nil }
        defer { offset += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    mutating func double() -> Double? { integer(UInt64.self).map { Double(bitPattern: $0) } }

    /// A number with its size before it, as ``XDF/variableLength(_:)`` writes it.
    mutating func variableLength() -> Int? {
        switch integer(UInt8.self) {
        case 1: integer(UInt8.self).map { Int($0) }
        case 4: integer(UInt32.self).map { Int($0) }
        case 8: integer(UInt64.self).flatMap { Int(exactly: $0) }
        default: nil
        }
    }

    mutating func text(_ length: Int) -> String? {
        guard length >= 0, length <= left else { return nil }
        defer { offset += length }
        return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }

    mutating func rest() -> UnsafeRawBufferPointer {
        defer { offset = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset...])
    }
}
