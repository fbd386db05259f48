import Protocols

/// What a Cyton's firmware does with the bytes it gets: a pure state machine, without port and clock.
public struct CytonFirmware {
    public private(set) var isStreaming = false
    public private(set) var gains = [Int](repeating: 24, count: CytonPacket.channels)
    public private(set) var isOn = [Bool](repeating: true, count: CytonPacket.channels)
    private var counter: UInt8 = 0
    private var sample = 0
    /// Characters of a channel setting that began with x.
    private var setting: [UInt8]?

    public init() {}

    /// - Returns: what the board answers.
    public mutating func receive(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap { receive($0) } }

    private mutating func receive(_ byte: UInt8) -> [UInt8] {
        if var open = setting {
            open.append(byte)
            setting = byte == UInt8(ascii: "X") || open.count > 9 ? nil : open
            return setting == nil ? apply(open) : []
        }
        switch byte {
        case UInt8(ascii: "v"):
            self = CytonFirmware()
            return Array(CytonStartUp.text(hasDaisy: false).utf8)
        case UInt8(ascii: "b"):
            isStreaming = true
            counter = 0
            return []
        case UInt8(ascii: "s"):
            isStreaming = false
            return []
        case UInt8(ascii: "d"):
            gains = [Int](repeating: 24, count: CytonPacket.channels)
            isOn = [Bool](repeating: true, count: CytonPacket.channels)
            return answer("updating channel settings to default")
        case UInt8(ascii: "V"): return answer("v3.1.2")
        case UInt8(ascii: "x"):
            setting = [byte]
            return []
        default:
            if let index = Array("12345678".utf8).firstIndex(of: byte) { isOn[index] = false }
            if let index = Array("!@#$%^&*".utf8).firstIndex(of: byte) { isOn[index] = true }
            return []
        }
    }

    /// "x CHANNEL POWER GAIN INPUT BIAS SRB2 SRB1 X".
    private mutating func apply(_ text: [UInt8]) -> [UInt8] {
        let digits = text.dropFirst().dropLast().map { Int($0) - 48 }
        guard text.count == 9, digits.allSatisfy({ (0...9).contains($0) }), (1...8).contains(digits[0]),
            CytonScale.gains.indices.contains(digits[2])
        else { return answer("Failure: too few chars") }
        isOn[digits[0] - 1] = digits[1] == 0
        gains[digits[0] - 1] = CytonScale.gains[digits[2]]
        return answer("Success: Channel set for \(digits[0])")
    }

    /// The board answers in words only while it does not stream.
    private func answer(_ text: String) -> [UInt8] { isStreaming ? [] : Array((text + "$$$").utf8) }

    /// The packet of the next sample.
    /// - Parameter microvolts: eight values; clipped at the converter's range.
    public mutating func packet(microvolts: [Double]) -> [UInt8] {
        let counts = (0..<CytonPacket.channels).map { channel -> Int32 in
            guard isOn[channel] else { return 0 }
            let count = (microvolts[channel] * 1e-6 / CytonScale.voltsPerCount(gain: gains[channel])).rounded()
            return Int32(max(-8_388_608, min(8_388_607, count)))
        }
        // The accelerometer delivers 25 times a second; the board lies flat: 1 g along z is 8,000 counts of 0.125 mg.
        let auxiliary: [UInt8] = sample % 10 == 0 ? [0, 0, 0, 0, 0x1F, 0x40] : [0, 0, 0, 0, 0, 0]
        let bytes = CytonPacket(counter: counter, counts: counts, auxiliary: auxiliary).bytes
        counter &+= 1
        sample += 1
        return bytes
    }
}
