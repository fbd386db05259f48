/// How a Cyton is to be set up before it streams.
public struct CytonSetup: Equatable, Sendable {
    /// Whether the Daisy's channels 9–16 are used.
    public enum Daisy: String, Sendable, CaseIterable {
        /// When the start-up text names one.
        case automatic
        case required
        case unused
    }

    /// One for all channels, or one per channel.
    public var gains: [Int]
    /// Channels that are switched off; they count from 1.
    public var off: [Int]
    /// Channels whose N side is driven for a measurement of impedance.
    public var leadOff: [Int]
    /// What all inputs are connected to; nil for their electrodes.
    public var testSignal: CytonTestSignal?
    /// What the auxiliary bytes carry.
    public var auxiliary: CytonAuxiliary
    /// Whether the board stamps its packets.
    public var timeStamps: Bool
    /// Whether channels 9–16 are used.
    public var daisy: Daisy

    public init(
        gains: [Int] = [24], off: [Int] = [], leadOff: [Int] = [], testSignal: CytonTestSignal? = nil,
        auxiliary: CytonAuxiliary = .accelerometer, timeStamps: Bool = false, daisy: Daisy = .automatic
    ) {
        self.gains = gains
        self.off = off
        self.leadOff = leadOff
        self.testSignal = testSignal
        self.auxiliary = auxiliary
        self.timeStamps = timeStamps
        self.daisy = daisy
    }

    /// The gain of each of so many channels; the last one given counts for the rest.
    public func gains(channels: Int) -> [Int] {
        (0..<channels).map { $0 < gains.count ? gains[$0] : gains.last ?? 24 }
    }

    /// The commands that bring a board with default settings there, in their order.
    public func commands(channels: Int) -> [CytonCommand] {
        var commands: [CytonCommand] = []
        for (index, gain) in gains(channels: channels).enumerated() where gain != 24 {
            commands.append(.gain(channel: index + 1, gain: gain))
        }
        commands += off.filter { $0 <= channels }.map { .channel($0, isOn: false) }
        commands += leadOff.filter { $0 <= channels }.map { .leadOff(channel: $0, p: false, n: true) }
        if let testSignal { commands.append(.testSignal(testSignal)) }
        if auxiliary != .accelerometer { commands.append(.auxiliary(auxiliary)) }
        if timeStamps { commands.append(.timeStamps(true)) }
        return commands
    }
}
