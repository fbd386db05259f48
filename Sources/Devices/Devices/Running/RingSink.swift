import Glibc
import Signals
import Synchronization
import Transports

/// Puts what a decoder makes into the rings of its consumers and counts it. Nothing here allocates or locks.
final class RingSink: SampleSink {
    private let rings: [SampleRing]
    private let wire: WireRing?
    let counts: DeviceCounts
    private var clocks: StreamClocks
    /// Blocks and texts so far: a device that sends bytes of which none make a frame is as good as silent.
    private(set) var itemCount: UInt64 = 0

    init(streams: [StreamDescription], latency: Double, rings: [SampleRing], wire: WireRing?, counts: DeviceCounts) {
        clocks = StreamClocks(streams, latency: latency)
        self.rings = rings
        self.wire = wire
        self.counts = counts
    }

    func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        var item = item
        clocks.stamp(&item) { event in for ring in rings { ring.write(event) } }
        itemCount &+= 1
        counts.add(stream: Int(item.stream), received: UInt64(item.frames), missing: item.missingBefore, at: item.hostTime)
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
        clocks.note(event)
        take(event)
    }
}

/// What a device's thread counted so far; anybody may read it at any time.
public final class DeviceCounts: Sendable {
    /// What the device said of itself in words, for one thread to take and show.
    public let messages = DeviceMessages()
    private let streams: [Stream]
    private let reconnected = Atomic<UInt64>(0)
    private let isAway = Atomic<Bool>(false)
    private let begun = Atomic<Int64>(.max)
    private let ended = Atomic<Int64>(.max)

    private final class Stream: Sendable {
        let received = Atomic<UInt64>(0)
        let missing = Atomic<UInt64>(0)
        /// Arrival of the last frame; the earliest moment before the first.
        let last = Atomic<Int64>(.min)
    }

    init(streams: Int) { self.streams = (0..<streams).map { _ in Stream() } }

    func add(stream: Int, received: UInt64, missing: UInt64, at time: HostTime) {
        streams[stream].received.wrappingAdd(received, ordering: .relaxed)
        streams[stream].missing.wrappingAdd(missing, ordering: .relaxed)
        if received > 0 { streams[stream].last.store(time.nanoseconds, ordering: .relaxed) }
    }

    func begin(at time: HostTime) { begun.store(time.nanoseconds, ordering: .relaxed) }
    func end(at time: HostTime) { ended.store(time.nanoseconds, ordering: .relaxed) }
    func setAway(_ isAway: Bool) { self.isAway.store(isAway, ordering: .relaxed) }

    func countReconnection() { reconnected.wrappingAdd(1, ordering: .relaxed) }

    /// Frames of a stream that arrived.
    public func received(stream: Int) -> UInt64 { streams[stream].received.load(ordering: .relaxed) }
    /// Frames of a stream that are missing before others, by the device's counter.
    public func missing(stream: Int) -> UInt64 { streams[stream].missing.load(ordering: .relaxed) }
    /// Whether the device is lost at the moment, or was when the run ended.
    public var deviceIsAway: Bool { isAway.load(ordering: .relaxed) }

    /// What is missing of a stream after its last frame: now, or when the run ended.
    func openHole(stream: Int, now: HostTime, rate: Double) -> OpenHole {
        let last = max(streams[stream].last.load(ordering: .relaxed), begun.load(ordering: .relaxed))
        guard last < .max else { return .closed }
        return OpenHole(
            last: HostTime(nanoseconds: last), now: min(now, HostTime(nanoseconds: ended.load(ordering: .relaxed))),
            isAway: deviceIsAway, rate: rate)
    }

    /// How often the device came back after a loss.
    public var reconnections: UInt64 { reconnected.load(ordering: .relaxed) }
}
