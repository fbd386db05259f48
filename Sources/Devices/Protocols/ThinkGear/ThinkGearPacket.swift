/// A packet of a NeuroSky ThinkGear module: `AA AA length payload checksum`.
///
/// The payload is a row of values: a code, for codes from 0x80 on a length, then the value. The checksum is the ones'
/// complement of the low byte of the payload's sum.
///
/// - Source: NeuroSky, "ThinkGear Serial Stream Guide".
public enum ThinkGearPacket {
    /// Stands twice before each packet.
    public static let sync: UInt8 = 0xAA
    /// Bytes.
    public static let longestPayload = 169
    /// Raw samples per second.
    public static let rate = 512.0
    /// Sync, sync, length, code, length, two bytes and the checksum: what one raw sample takes on the wire.
    public static let rawPacketSize = 8
    /// Volt per count of the raw signal: 1.8 V over 4,096 steps, amplified 2,000 times.
    ///
    /// - Source: NeuroSky's support page "How to convert raw values to voltage?" for the ThinkGear chip.
    public static let voltsPerCount = 1.8 / 4096 / 2000

    /// What a payload says.
    public enum Value: Equatable, Sendable {
        /// 0 is good, 200 means that the electrode does not touch skin.
        case poorSignal(UInt8)
        /// eSense meters, 0–100.
        case attention(UInt8)
        case meditation(UInt8)
        case raw(Int16)
        /// Delta, theta, low and high alpha, low and high beta, low and mid gamma; unsigned, 24 bits, no unit.
        case bandPowers([UInt32])
    }

    enum Code {
        static let poorSignal: UInt8 = 0x02
        static let attention: UInt8 = 0x04
        static let meditation: UInt8 = 0x05
        static let extended: UInt8 = 0x55
        static let raw: UInt8 = 0x80
        static let bandPowers: UInt8 = 0x83
    }

    /// The inverted low byte of the payload's sum.
    public static func checksum(_ payload: some Sequence<UInt8>) -> UInt8 { ~payload.reduce(0, &+) }

    /// The packet with these values, in their order.
    public static func bytes(_ values: [Value]) -> [UInt8] {
        var payload: [UInt8] = []
        for value in values {
            switch value {
            case .poorSignal(let level): payload += [Code.poorSignal, level]
            case .attention(let level): payload += [Code.attention, level]
            case .meditation(let level): payload += [Code.meditation, level]
            case .raw(let count):
                payload += [
                    Code.raw, 2, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count),
                ]
            case .bandPowers(let powers):
                precondition(powers.count == 8, "there are eight bands")
                payload += [Code.bandPowers, 24]
                for power in powers {
                    payload += [UInt8(power >> 16 & 0xFF), UInt8(power >> 8 & 0xFF), UInt8(power & 0xFF)]
                }
            }
        }
        precondition(payload.count <= longestPayload, "a payload has at most 169 bytes")
        return [sync, sync, UInt8(payload.count)] + payload + [checksum(payload)]
    }

    /// Walks through a payload's values without allocating; unknown codes are passed over by their length.
    /// - Parameters:
    ///   - payload: a packet's, without header and checksum.
    ///   - body: code, whether extended codes came before it, and the value's bytes, lent for the call.
    public static func forEachValue(
        in payload: UnsafeRawBufferPointer, _ body: (UInt8, Bool, UnsafeRawBufferPointer) -> Void
    ) {
        var offset = 0
        while offset < payload.count {
            var isExtended = false
            while offset < payload.count, payload[offset] == Code.extended {
                isExtended = true
                offset += 1
            }
            guard offset < payload.count else { return }
            let code = payload[offset]
            offset += 1
            var length = 1
            if code >= 0x80 {
                guard offset < payload.count else { return }
                length = Int(payload[offset])
                offset += 1
            }
            guard offset + length <= payload.count else { return }
            body(code, isExtended, UnsafeRawBufferPointer(rebasing: payload[offset..<offset + length]))
            offset += length
        }
    }

    /// The values of a payload that are known.
    public static func values(_ payload: UnsafeRawBufferPointer) -> [Value] {
        var found: [Value] = []
        forEachValue(in: payload) { code, isExtended, bytes in
            guard !isExtended else { return }
            switch code {
            case Code.poorSignal: found.append(.poorSignal(bytes[0]))
            case Code.attention: found.append(.attention(bytes[0]))
            case Code.meditation: found.append(.meditation(bytes[0]))
            case Code.raw where bytes.count == 2: found.append(.raw(raw(bytes)))
            case Code.bandPowers where bytes.count == 24:
                found.append(.bandPowers((0..<8).map { bandPower(bytes, band: $0) }))
            default: break
            }
        }
        return found
    }

    /// Value of code 0x80, read in place.
    public static func raw(_ bytes: UnsafeRawBufferPointer) -> Int16 {
        Int16(bitPattern: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
    }

    /// One of the eight powers of code 0x83, read in place.
    public static func bandPower(_ bytes: UnsafeRawBufferPointer, band: Int) -> UInt32 {
        UInt32(bytes[3 * band]) << 16 | UInt32(bytes[3 * band + 1]) << 8 | UInt32(bytes[3 * band + 2])
    }
}
