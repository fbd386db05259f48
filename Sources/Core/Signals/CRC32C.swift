/// CRC-32C (Castagnoli), the checksum of RigLink frames and wire logs.
///
/// Reflected polynomial 0x82F63B78, initial value and final exclusive-or 0xFFFFFFFF; the check value of "123456789" is
/// 0xE3069283. Source: RFC 3720, appendix B.4.
public struct CRC32C: Sendable {
    private var remainder: UInt32 = 0xFFFF_FFFF

    /// The checksum of no bytes; ``update(_:)-(UnsafeRawBufferPointer)`` goes on.
    public init() {}

    /// Of all bytes so far.
    public var value: UInt32 { remainder ^ 0xFFFF_FFFF }

    /// Goes on with more bytes. Allocates nothing.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var r = remainder
        Self.table.withUnsafeBufferPointer { table in
            for byte in bytes { r = table[Int((r ^ UInt32(byte)) & 0xFF)] ^ (r >> 8) }
        }
        remainder = r
    }

    /// Goes on with more bytes.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { remainder = Self.table[Int((remainder ^ UInt32(byte)) & 0xFF)] ^ (remainder >> 8) }
    }

    /// The checksum of some bytes.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc = CRC32C()
        bytes.withUnsafeBytes { crc.update($0) }
        return crc.value
    }

    /// The checksum of some bytes. Allocates nothing.
    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes)
        return crc.value
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
    }
}
