import Protocols

/// What a ThinkGear module sends: a raw sample 512 times a second, and once a second quality, meters and band powers.
public struct ThinkGearFirmware: SimulatedFirmware {
    public let packetRate = ThinkGearPacket.rate
    public let isStreaming = true
    public let counterPlace: (offset: Int, bytes: Int)? = nil
    private var source: any EEGSource
    private var sample = 0

    /// - Parameter source: microvolts; its first channel is sent.
    public init(source: any EEGSource) { self.source = source }

    public mutating func nextPacket() -> [UInt8] {
        let count = (source.next()[0] * 1e-6 / ThinkGearPacket.voltsPerCount).rounded()
        sample += 1
        let raw = ThinkGearPacket.Value.raw(Int16(max(-32_768, min(32_767, count))))
        guard sample % 512 == 0 else { return ThinkGearPacket.bytes([raw]) }
        return ThinkGearPacket.bytes([raw])
            + ThinkGearPacket.bytes([
                .poorSignal(0), .bandPowers((1...8).map { UInt32($0) * 1000 }), .attention(50),
                .meditation(60),
            ])
    }
}

extension SimulatorKind {
    public static let thinkgear = SimulatorKind("thinkgear", .link, hasSeed: true, settings: headsetSettings)
}
