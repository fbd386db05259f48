/// A simulator that can stand in for a device of a rig: a subcommand of `larmor simulate`, what a rig may say of it, and how it is
/// found. A value stands in each simulator's folder; ``all`` is the only other place that knows it.
public struct SimulatorKind: Sendable {
    /// Where the device is.
    public enum Place: Sendable {
        /// On a pseudo-terminal, behind a link that stays when the simulator comes back on another one.
        case link
        /// On a TCP port, and on the same one when it comes back.
        case network
        /// On a sound server of its own.
        case sound
    }

    /// As `simulator` in a rig file.
    public let name: String
    public let place: Place
    /// Whether its noise depends on the rig's seed.
    public let hasSeed: Bool
    /// What the rig's table `device.simulation` may have: the subcommand's options, with _ for -.
    public let settings: [SimulatorSetting]

    init(_ name: String, _ place: Place, hasSeed: Bool, settings: [SimulatorSetting]) {
        self.name = name
        self.place = place
        self.hasSeed = hasSeed
        self.settings = settings
    }

    public static let all: [SimulatorKind] = [.cyton, .thinkgear, .freeeeg32, .rda, .lines, .microphone, .film]

    public static func named(_ name: String) -> SimulatorKind? { all.first { $0.name == name } }

    /// Of every simulated headset.
    static let headsetSettings = [
        SimulatorSetting("recording", .file), SimulatorSetting("drift_ppm", .number(drifts)), SimulatorSetting("faults", .file),
    ]
    /// Parts per million; a clock that runs at all.
    public static let drifts = -900_000.0...1_000_000.0

    /// The setting of a name.
    public func setting(_ name: String) -> SimulatorSetting? { settings.first { $0.name == name } }
}
