import Synchronization

/// The way of one device's samples and events, in their order, from its thread to one consumer.
///
/// For: the tap before the pipeline and the tap before the recorder (one ring each). Items come out in the order in which
/// they went in, and their host times never fall. A ring that is full refuses the block; the frames are counted and
/// reported as missing before the next block of that stream that goes in.
///
/// The device's thread also states a *watermark*: no later item will carry an earlier host time. It lets the consumer
/// merge several devices into one order that depends on the stamps only, never on the timing of threads. The contract:
///
/// - A producer that stamps with the clock after its wait is *idle* while it waits: all that it puts in later is stamped later
///   than the wait, so the ring promises "now" for it and nobody waits for its bytes.
/// - A producer whose device stamps its own data must *not* be idle while it streams: what it reads next may have been captured
///   before now. It promises its last stamp, by ``publishWatermark(_:)``, and the others' items wait for its next block.
/// - While a device is lost, being opened or stopped, its producer is idle, whoever stamps. It never stamps anything earlier than
///   the moment at which it ceased to be idle.
public final class SampleRing: Sendable {
    private let items: RingBuffer<SampleRingItem>
    private let samples: RingBuffer<Float>
    private let watermarkNanoseconds = Atomic<Int64>(.min)
    private let idle = Atomic<Bool>(false)
    private let refused: [Counter]
    private let refusedEvents = Atomic<UInt64>(0)
    private let alarm: RingAlarm?

    /// A count that the producer grows and anybody reads.
    private final class Counter: Sendable {
        let pending = Atomic<UInt64>(0)
        let total = Atomic<UInt64>(0)
    }

    /// - Parameters:
    ///   - streams: number of streams of the device.
    ///   - minimumItems: blocks and events that fit before anything is refused.
    ///   - minimumSamples: scalars that fit (frames × channels of all streams together).
    ///   - alarm: wakes the consumer when there is something new for it; nil where it looks by itself.
    public init(streams: Int, minimumItems: Int, minimumSamples: Int, alarm: RingAlarm? = nil) {
        self.alarm = alarm
        items = RingBuffer(minimumCapacity: minimumItems)
        samples = RingBuffer(minimumCapacity: minimumSamples)
        refused = (0..<streams).map { _ in Counter() }
    }

    /// Producer: puts a block in, or refuses it whole and counts its frames.
    /// - Returns: false when it was refused.
    @discardableResult
    public func write(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) -> Bool {
        precondition(values.count == item.sampleCount, "a block's samples must match its header")
        let counter = refused[Int(item.stream)]
        guard items.hasRoom(for: 1), samples.write(all: values) else {
            let lost = UInt64(item.frames) &+ item.missingBefore
            counter.pending.wrappingAdd(lost, ordering: .relaxed)
            counter.total.wrappingAdd(UInt64(item.frames), ordering: .relaxed)
            return false
        }
        var item = item
        // Only this thread changes it, so that the usual case needs no locked instruction.
        let pending = counter.pending.load(ordering: .relaxed)
        if pending > 0 {
            item.missingBefore &+= pending
            counter.pending.store(0, ordering: .relaxed)
        }
        items.write(upTo: 1) { slot in
            slot[0] = item
            return 1
        }
        return true
    }

    /// Producer: puts an event in. An event that finds the ring full is counted (``refusedEventCount``).
    @discardableResult
    public func write(_ event: DeviceEvent) -> Bool {
        let item = SampleRingItem(event: event)
        let written = items.write(upTo: 1) { slot in
            slot[0] = item
            return 1
        }
        if written == 0 { refusedEvents.wrappingAdd(1, ordering: .relaxed) }
        return written == 1
    }

    /// Producer: promises that every later item has a host time of `time` or later.
    public func publishWatermark(_ time: HostTime) {
        watermarkNanoseconds.store(time.nanoseconds, ordering: .releasing)
        alarm?.ring()
    }

    /// Producer: while idle it puts nothing in, and everything after it is stamped at the moment at which idleness ended or later.
    ///
    /// For a device that is absent or being opened, and for a wait before whose end no stamp is taken; never for the wait of a
    /// streaming device that stamps its own data. Set it after the last item went in; clear it before the next stamp is taken.
    public func setIdle(_ isIdle: Bool) {
        idle.store(isIdle, ordering: .sequentiallyConsistent)
        if isIdle { alarm?.ring() }
    }

    /// Consumer: no item that is not yet visible has an earlier host time. Ask *before* looking for items.
    ///
    /// - Parameter now: a moment that was read on the producer's clock before this call. An idle producer holds nobody up: this
    ///   moment is its promise.
    public func watermark(now: HostTime) -> HostTime {
        if idle.load(ordering: .sequentiallyConsistent) { return now }
        return HostTime(nanoseconds: watermarkNanoseconds.load(ordering: .acquiring))
    }

    /// Consumer: the next item's header, without taking it.
    public func peek() -> SampleRingItem? {
        var head: SampleRingItem?
        items.read(upTo: 1) { waiting in
            head = waiting[0]
            return 0
        }
        return head
    }

    /// Consumer: takes the next item; its samples are copied to the start of `scratch` (frame-major).
    /// - Precondition: `scratch` has room for the item's samples (see ``peek()``).
    public func take(into scratch: UnsafeMutableBufferPointer<Float>) -> SampleRingItem? {
        guard let head = peek() else { return nil }
        precondition(head.sampleCount <= scratch.count, "scratch is smaller than the block")
        let complete = samples.read(all: UnsafeMutableBufferPointer(rebasing: scratch[0..<head.sampleCount]))
        precondition(complete, "a header went into the ring before its samples")
        items.read(upTo: 1) { _ in 1 }
        return head
    }

    /// How full it is, 0 … 1, by its fuller part. Any thread may ask.
    public var fill: Double {
        max(Double(items.count) / Double(items.capacity), Double(samples.count) / Double(samples.capacity))
    }

    /// Frames of a stream that were refused so far because the consumer was too slow.
    public func refusedFrames(stream: Int) -> UInt64 { refused[stream].total.load(ordering: .relaxed) }

    /// Events that were refused so far because the consumer was too slow.
    public var refusedEventCount: UInt64 { refusedEvents.load(ordering: .relaxed) }
}
