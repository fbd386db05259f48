public import Signals
public import Transports

/// What a driver tells the wire log while it talks to a device.
public typealias WireTap = (WireRecordKind, UnsafeRawBufferPointer) -> Void

/// How one kind of device is opened, started, served and stopped. The bytes that it sends meanwhile are decoded by the
/// decoder that its configuration makes.
///
/// All calls come from one thread. After an error of any call the runner closes the transport and opens it again.
public protocol Driver: AnyObject {
    /// Longest silence of a streaming device, in seconds, before it counts as lost; nil for devices that may be silent.
    var longestSilence: Double? { get }
    /// Bytes of one read; bounds the frames in a block.
    var readSize: Int { get }

    /// What a user can do when bytes come but make no frames.
    var remedyForGarbage: String { get }

    /// How the device is reached, in words for people.
    func backend(_ transport: any Transport) -> String

    /// Longest wait in one read, in seconds: how late a silence is noticed. A wait ends with the first bytes and with a call of
    /// the waker; its end by time costs the thread a turn, so it is much longer than the pace of a device's packets.
    var readTimeout: Double { get }

    /// Opens the port and brings the device into the state in which it only has to be started.
    func open(tap: WireTap) throws(TransportError) -> OpenedDevice

    /// The device shall stream from now on.
    func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError)

    /// Sends what waits to be sent; called after every read.
    func serve(_ device: OpenedDevice, tap: WireTap) throws(TransportError)

    /// The device shall be quiet. The transport is closed afterwards, whether this works or not.
    func stop(_ device: OpenedDevice, tap: WireTap)

    /// The way in for frames of fields, on a device that takes them; nil on others, and before it was opened first.
    var drive: DriveDoor? { get }

    /// Channels that are switched off by settings, and channels that a known current is driven through to measure impedances; both
    /// count from 1.
    var channelsOff: [Int] { get }
    var channelsDriven: [Int] { get }
}

/// A device that takes frames and answers them: a film, whose fields they are, or a board with digital outputs, whose levels they are.
public struct DriveDoor: Sendable {
    /// The device, in its maker's words.
    public let device: String
    /// Where frames are put in.
    public let queue: DriveQueue
    /// Index among the device's streams of the one whose frames answer the drive's, with the same counters; nil when none does.
    public let answers: Int?
    /// Whether the frames are levels of digital outputs: 1 is high, 0 is low.
    public let isDigitalOutputs: Bool
    /// What frames are brought within before they are sent.
    public let limits: DriveLimits

    public init(
        device: String, queue: DriveQueue, answers: Int?, isDigitalOutputs: Bool = false, limits: DriveLimits = DriveLimits()
    ) {
        self.device = device
        self.queue = queue
        self.answers = answers
        self.isDigitalOutputs = isDigitalOutputs
        self.limits = limits
    }
}

extension Driver {
    public var remedyForGarbage: String { "check that the port is this device's; it is being opened again" }

    public var readTimeout: Double { 0.1 }

    public func backend(_ transport: any Transport) -> String { transport.backend }

    public func serve(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}

    public var drive: DriveDoor? { nil }
    public var channelsOff: [Int] { [] }
    public var channelsDriven: [Int] { [] }
}

/// How a driver reaches a port: tests replace it.
package typealias PortOpening = (String, Waker) throws(TransportError) -> any Transport

/// An open device: its transport, and the decoder for what comes out of it. A class, because it is looked at in every read.
public final class OpenedDevice {
    /// Where its bytes come from.
    public let transport: any Transport
    /// What was agreed on with it.
    public let configuration: DecoderConfiguration
    /// Makes blocks of its bytes.
    public let decoder: any SampleDecoder

    public init(transport: any Transport, configuration: DecoderConfiguration) {
        self.transport = transport
        self.configuration = configuration
        decoder = configuration.makeDecoder()
    }

    /// - Parameters:
    ///   - transport: open.
    ///   - configuration: what was agreed on with the device.
    ///   - decoder: one that outlives the opening, so that its counters go on.
    public init(transport: any Transport, configuration: DecoderConfiguration, decoder: any SampleDecoder) {
        self.transport = transport
        self.configuration = configuration
        self.decoder = decoder
    }
}

extension Transport {
    /// Sends bytes and tells the wire log.
    func send(_ bytes: [UInt8], tap: WireTap) throws(TransportError) {
        try write(bytes)
        bytes.withUnsafeBytes { tap(.sent, $0) }
    }

    /// The same for bytes in memory that was claimed beforehand.
    func send(_ bytes: UnsafeRawBufferPointer, tap: WireTap) throws(TransportError) {
        try write(bytes, timeout: 1)
        tap(.sent, bytes)
    }

    /// One short wait for an answer while a device is being opened; empty when nothing came in it. The waits are so short that a busy
    /// machine, which ends each of them late, gives a device that it keeps waiting, too, the more of them.
    /// - Parameters:
    ///   - count: bytes at most.
    ///   - attended: grows by the wait.
    func readPiece(_ count: Int, _ attended: inout AttendedTime, by clock: any HostClock) throws(TransportError) -> [UInt8] {
        try attended.add(asked: 0.02, by: clock) { () throws(TransportError) in try readPiece(count, timeout: 0.02) }
    }

    /// One read of at most so many bytes while a device is being opened; empty when none came in time.
    func readPiece(_ count: Int, timeout: Double) throws(TransportError) -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: count)
        var result: Result<TransportRead, TransportError> = .success(.nothing)
        piece.withUnsafeMutableBytes { buffer in
            do throws(TransportError) {
                result = .success(try read(into: buffer, timeout: timeout))
            } catch {
                result = .failure(error)
            }
        }
        guard case .bytes(let length) = try result.get() else { return [] }
        piece.removeLast(piece.count - length)
        return piece
    }
}
