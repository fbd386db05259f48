/// Appends little-endian values to a list of bytes.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Float) { write(value.bitPattern) }

    mutating func write(_ value: Double) { write(value.bitPattern) }

    /// One byte of length, then UTF-8; longer text is cut at 255 bytes, between characters.
    mutating func write(_ text: String) {
        var cut = text
        while cut.utf8.count > 255 { cut.removeLast() }
        write(UInt8(cut.utf8.count))
        bytes.append(contentsOf: cut.utf8)
    }
}

/// Takes little-endian values from the front of bytes; nil at their end.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    /// - Precondition: so many bytes remain.
    mutating func skip(_ count: Int) {
        precondition((0...remaining).contains(count), "bytes to skip must be there")
        offset += count
    }

    mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value? {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else { return nil }
        defer { offset += size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    mutating func readFloat() -> Float? { read(UInt32.self).map { Float(bitPattern: $0) } }

    mutating func readDouble() -> Double? { read(UInt64.self).map { Double(bitPattern: $0) } }

    mutating func readText() -> String? {
        guard let length = read(UInt8.self), remaining >= Int(length) else { return nil }
        defer { offset += Int(length) }
        return String(decoding: bytes[offset..<offset + Int(length)], as: UTF8.self)
    }

    /// Text up to a zero byte, which is taken, too; nil when there is no zero.
    mutating func readZeroTerminated() -> String? {
        readZeroTerminatedBytes().map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of such a text, without the zero.
    mutating func readZeroTerminatedBytes() -> UnsafeRawBufferPointer? {
        guard let end = bytes[offset...].firstIndex(of: 0) else { return nil }
        defer { offset = end + 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
    }
}
