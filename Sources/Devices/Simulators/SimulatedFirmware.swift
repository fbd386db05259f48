/// The firmware side of a device, without port and clock: what it answers, and its packets one by one.
///
/// Whoever serves it (a pseudo-terminal, a TCP server, a test) keeps the pace and lays a fault plan over the packets.
public protocol SimulatedFirmware: Sendable {
    /// Packets per second of the device's own clock.
    var packetRate: Double { get }
    var isStreaming: Bool { get }
    /// Where the counter stands in a packet: its first byte and its bytes (little-endian); nil when there is none.
    var counterPlace: (offset: Int, bytes: Int)? { get }

    /// A host has connected.
    /// - Returns: what the device says unasked.
    mutating func connect() -> [UInt8]
    /// The host's bytes.
    /// - Returns: what the device answers.
    mutating func receive(_ bytes: [UInt8]) -> [UInt8]
    /// The next packet of the stream.
    mutating func nextPacket() -> [UInt8]
    /// When a packet is due, in seconds since the stream began by the device's own clock; nil when none comes any more. Asked in
    /// turn, from packet 1 on.
    mutating func due(packet: Int) -> Double?
}

extension SimulatedFirmware {
    public mutating func connect() -> [UInt8] { [] }
    public mutating func receive(_ bytes: [UInt8]) -> [UInt8] { [] }
    public mutating func due(packet: Int) -> Double? { Double(packet) / packetRate }
}
