public import Protocols

/// What a FreeEEG32 sends: frames from power-on, at 512 a second.
public struct FreeEEG32Firmware: SimulatedFirmware {
    public let packetRate = FreeEEG32Frame.rate
    public let isStreaming = true
    public let counterPlace: (offset: Int, bytes: Int)? = (1, 1)
    private var source: any EEGSource
    private var counter: UInt8 = 0
    private let frameSize: Int

    /// - Parameter source: microvolts; channels that it lacks repeat from its first.
    public init(source: any EEGSource, frameSize: Int = FreeEEG32Frame.size) {
        self.source = source
        self.frameSize = frameSize
    }

    public mutating func nextPacket() -> [UInt8] {
        let microvolts = source.next()
        let counts = (0..<FreeEEG32Frame.channels).map { channel in
            Int((microvolts[channel % microvolts.count] * 1e-6 / FreeEEG32Frame.voltsPerCount).rounded())
        }
        defer { counter &+= 1 }
        return FreeEEG32Frame.bytes(counter: counter, counts: counts, size: frameSize)
    }
}

extension SimulatorKind {
    public static let freeeeg32 = SimulatorKind("freeeeg32", .link, hasSeed: true, settings: headsetSettings)
}
