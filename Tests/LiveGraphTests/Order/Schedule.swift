import Devices
import LiveGraph
import Signals
import Transports

/// A rig whose devices, threads and clock are moved by a seeded random number generator, on one thread: device runners make their
/// steps, the merge is drained in the middle of their waits, and nothing of it takes time.
///
/// What a device reads depends on the clock alone, which moves at random, so every order of the steps of real threads may occur:
/// a device is between its wait and its stamp while others read, stamp and are drained.
final class Schedule {
    /// An item as one sees it come out.
    struct Seen: Equatable, CustomStringConvertible {
        var device: Int
        var time: HostTime
        var event: DeviceEvent?
        var first: UInt64 = 0
        var frames: UInt32 = 0
        var missing: UInt64 = 0

        init(_ device: Int, _ item: SampleRingItem) {
            self.device = device
            time = item.hostTime
            event = item.event
            guard item.event == nil else { return }
            (first, frames, missing) = (item.firstCounter, item.frames, item.missingBefore)
        }

        var description: String { "\(device)@\(time.nanoseconds) \(event?.code.name ?? "\(first)+\(frames) (\(missing))")" }
    }

    let clock = VirtualClock()
    private(set) var live: [Seen] = []
    /// How many of them came out before the devices were stopped.
    private(set) var early = 0
    private(set) var refused: UInt64 = 0
    private var random: SplitMix64
    private var devices: [ScheduledDevice] = []
    private var runners: [DeviceRunner] = []
    private var rings: [SampleRing] = []
    private var wires: [WireRing] = []
    private var merge: StampMerge
    private var isInStep: [Bool]

    /// - Parameters:
    ///   - isNarrow: rings so small that blocks and events are refused.
    ///   - mistakes: devices that stamp their own data promise the present while they wait.
    init(seed: UInt64, isNarrow: Bool = false, mistakes: Bool = false) throws {
        random = SplitMix64(seed: seed)
        let count = 2 + random.integer(below: 3)
        isInStep = [Bool](repeating: false, count: count)
        rings = (0..<count).map { _ in
            SampleRing(streams: 1, minimumItems: isNarrow ? 4 : 4096, minimumSamples: isNarrow ? 64 : 1 << 16)
        }
        merge = StampMerge(rings: rings, largestBlock: 1 << 14, clock: clock)
        for index in 0..<count {
            let isStamped = random.integer(below: 2) == 0
            let device = ScheduledDevice(isStamped: isStamped, clock: clock, seed: random.next())
            let waker = try Waker()
            let runner = DeviceRunner(name: "d\(index)", driver: device, waker: waker, clock: clock)
            try runner.open()
            devices.append(device)
            runners.append(runner)
            wires.append(WireRing(minimumRecords: 4096, minimumBytes: 1 << 18))
            let ring = rings[index]
            device.meanwhile = { [unowned self] in
                // The old promise, which is wrong for a device that stamps its own data.
                if mistakes, isStamped { ring.setIdle(true) }
                for _ in 0..<random.integer(below: 6) { act() }
                if mistakes, isStamped { ring.setIdle(false) }
            }
        }
        for index in runners.indices { runners[index].prepare(rings: [rings[index]], wire: wires[index]) }
    }

    deinit { merge.deallocate() }

    var hasStampedDevice: Bool { devices.contains { $0.framing == .stamped } }

    /// Lets everything run for so many seconds of its clock.
    func run(seconds: Double) {
        let end = clock.now() + seconds
        while clock.now() < end { act() }
        early = live.count
        for runner in runners { runner.stop() }
        refused = rings.reduce(0) { $0 + $1.refusedFrames(stream: 0) + $1.refusedEventCount }
        clock.sleep(1)
        drain()
    }

    private func act() {
        switch random.integer(below: 8) {
        case 0...2: clock.sleep(0.004 * random.uniform())
        case 3...4: drain()
        default:
            let index = random.integer(below: runners.count)
            guard !isInStep[index] else { return }
            isInStep[index] = true
            _ = runners[index].step()
            isInStep[index] = false
        }
    }

    private func drain() { _ = merge.drain { live.append(Seen($0.device, $0.header)) } }

    /// What a replay of the wire logs gives: bytes of one stamp are decoded together, and items go by (stamp, device).
    func replay() -> [Seen] {
        var items = wires.enumerated().map { device, wire in Self.decode(wire).map { Seen(device, $0) }[...] }
        var sorted: [Seen] = []
        while true {
            var best: Int?
            for device in items.indices {
                guard let head = items[device].first else { continue }
                if best.flatMap({ items[$0].first }).map({ head.time < $0.time }) ?? true { best = device }
            }
            guard let best, let item = items[best].popFirst() else { return sorted }
            sorted.append(item)
        }
    }

    private final class Collector: SampleSink {
        var items: [SampleRingItem] = []
        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) { items.append(item) }
        func take(_ event: DeviceEvent) { items.append(SampleRingItem(event: event)) }
    }

    private static func decode(_ wire: WireRing) -> [SampleRingItem] {
        let collector = Collector()
        let decoder = ScheduledDevice.configuration.makeDecoder()
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var piece: (bytes: [UInt8], time: HostTime)?
        func finishPiece() {
            if let piece { piece.bytes.withUnsafeBytes { decoder.decode($0, at: piece.time, into: collector) } }
            piece = nil
        }
        while let record = bytes.withUnsafeMutableBufferPointer({ wire.take(into: $0) }) {
            let body = Array(bytes[..<Int(record.length)])
            if record.kind == .received {
                if piece?.time != record.hostTime { finishPiece() }
                piece = ((piece?.bytes ?? []) + body, record.hostTime)
                continue
            }
            finishPiece()
            guard record.kind == .event,
                let event = body.withUnsafeBytes({ DeviceEvent(wireBytes: $0, at: record.hostTime) })
            else { continue }
            decoder.note(event)
            collector.take(event)
        }
        finishPiece()
        return collector.items
    }
}

/// A source of sound that makes ten frames every ten milliseconds, hands them over late, is lost and comes back, all by a seed.
private final class ScheduledDevice: Driver, Transport {
    static let configuration = DecoderConfiguration.alsa(
        ALSAConfiguration(name: "d", port: "schedule", format: .s16, rate: 1000, channels: 1))
    static let frames = 10

    let backend = "schedule"
    let port = "schedule"
    let longestSilence: Double? = 0.5
    let readSize = 4096
    let framing: TransportFraming
    private(set) var arrival: HostTime?
    /// What happens while it waits.
    var meanwhile: () -> Void = {}
    private let clock: VirtualClock
    private var random: SplitMix64
    /// When the next piece is complete, and how much later it can be read.
    private var made: HostTime
    private var delay = 0.0
    private var goneUntil: HostTime?

    init(isStamped: Bool, clock: VirtualClock, seed: UInt64) {
        self.clock = clock
        random = SplitMix64(seed: seed)
        framing = isStamped ? .stamped : [.messages, .stream][random.integer(below: 2)]
        made = clock.now() + 0.01 * random.uniform()
        prepareNext()
    }

    private func prepareNext() {
        // One time in fifty nothing is made for a while: the device falls silent, perhaps for so long that it counts as lost.
        let silence = random.integer(below: 50) == 0 ? random.uniform() : 0
        made = made + (0.0095 + 0.001 * random.uniform() + silence)
        // Often at once, sometimes much later, as after a pause of its thread.
        delay = random.integer(below: 4) == 0 ? 0.04 * random.uniform() : 0.001 * random.uniform()
    }

    func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        if let goneUntil, clock.now() < goneUntil {
            throw TransportError(.absent, port: port, detail: "not there", errorNumber: 2)
        }
        goneUntil = nil
        made = max(made, clock.now() + 0.001)
        return OpenedDevice(transport: self, configuration: Self.configuration)
    }

    func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}
    func stop(_ device: OpenedDevice, tap: WireTap) {}
    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {}
    func close() {}

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        if timeout > 0, clock.now() < made + delay { meanwhile() }
        guard clock.now() >= made + delay else { return .nothing }
        switch random.integer(below: 60) {
        case 0:
            goneUntil = clock.now() + 0.3 * random.uniform()
            throw TransportError(.gone, port: port, detail: "unplugged", errorNumber: 19)
        case 1: return .overrun
        default: break
        }
        var pieces = 0
        repeat {
            arrival = made
            prepareNext()
            pieces += 1
        } while framing != .stamped && clock.now() >= made + delay && pieces < 50
        let count = 2 * Self.frames * pieces
        for index in 0..<count { buffer[index] = UInt8(truncatingIfNeeded: index) }
        return .bytes(count)
    }
}
