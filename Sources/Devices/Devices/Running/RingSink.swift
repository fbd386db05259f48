import Glibc
import Signals
import Synchronization
import Transports

/// Puts what a decoder makes into the rings of its consumers and counts it. Nothing here allocates or locks.
final class RingSink: SampleSink {
    private let rings: [SampleRing]
    private let wire: WireRing?
    private let counts: DeviceCounts

    init(rings: [SampleRing], wire: WireRing?, counts: DeviceCounts) {
        self.rings = rings
        self.wire = wire
        self.counts = counts
    }

    func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        counts.add(stream: Int(item.stream), received: UInt64(item.frames), missing: item.missingBefore)
        for ring in rings { ring.write(item, values) }
    }

    /// An event that the decoder itself found: a replay finds it again, so it does not go to the wire log.
    func take(_ event: DeviceEvent) { for ring in rings { ring.write(event) } }

    func take(_ message: DeviceMessage) { counts.messages.put(message) }

    /// The decoder can make nothing more of the bytes: people are told why.
    /// - Returns: the error that ends the stream.
    func report(_ fault: DecoderFault, port: String, at time: HostTime) -> TransportError {
        let error = TransportError(
            .protocolViolation, port: port, detail: fault.detail, remedy: fault.remedy, errorNumber: EPROTO)
        Array(error.description.utf8).withUnsafeBytes { take(DeviceMessage(code: nil, text: $0, hostTime: time)) }
        return error
    }

    /// An event from outside the bytes.
    func report(_ event: DeviceEvent) {
        wire?.write(event)
        take(event)
    }
}

/// What a device's thread counted so far; anybody may read it at any time.
public final class DeviceCounts: Sendable {
    /// What the device said of itself in words, for one thread to take and show.
    public let messages = DeviceMessages()
    private let streams: [Stream]
    private let reconnected = Atomic<UInt64>(0)

    private final class Stream: Sendable {
        let received = Atomic<UInt64>(0)
        let missing = Atomic<UInt64>(0)
    }

    init(streams: Int) { self.streams = (0..<streams).map { _ in Stream() } }

    func add(stream: Int, received: UInt64, missing: UInt64) {
        streams[stream].received.wrappingAdd(received, ordering: .relaxed)
        streams[stream].missing.wrappingAdd(missing, ordering: .relaxed)
    }

    func countReconnection() { reconnected.wrappingAdd(1, ordering: .relaxed) }

    public func received(stream: Int) -> UInt64 { streams[stream].received.load(ordering: .relaxed) }
    public func missing(stream: Int) -> UInt64 { streams[stream].missing.load(ordering: .relaxed) }
    public var reconnections: UInt64 { reconnected.load(ordering: .relaxed) }
}
