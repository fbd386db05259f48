/// A number made of a packet's samples: two packets that have the same are one that came twice.
enum Fingerprint {
    /// - Parameter from: the first byte that counts; a packet's marks and counter come before.
    static func of(_ packet: UnsafeRawBufferPointer, from start: Int) -> UInt64 {
        var value: UInt64 = 0
        var index = start
        while index + 8 <= packet.count {
            value = (value ^ packet.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            value ^= value >> 29
            index += 8
        }
        while index < packet.count {
            value = (value ^ UInt64(packet[index])) &* 0x100_0000_01B3
            index += 1
        }
        return value
    }
}
