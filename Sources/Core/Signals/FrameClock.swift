/// Gives the blocks of a stream the times at which their frames were sampled, as they come.
///
/// The times are those of a ``ClockMap``. They only grow: where the map falls back, frames follow each other by half a period at
/// least until they have met it again. From five seconds after the stream's begin on a correction of more than 2 ms is an event (before,
/// each second brings some); so is a rate that is plainly not the nominal one.
///
/// It depends on the blocks and their arrival only, so live acquisition and a replay of the recorded bytes give the same times.
public struct FrameClock: Sendable {
    public private(set) var map: ClockMap
    /// Time of the last frame.
    private var last: HostTime?
    /// Largest correction since the last event, in seconds, and when that was.
    private var correction = 0.0
    private var lastEvent: HostTime?
    private var toldRate: Double
    /// Arrival of the first frame since the device began.
    private var begin: HostTime?

    /// Seconds of a correction that is told.
    public static let toldCorrection = 0.002
    private static let settlingTime = 5.0
    /// Relative difference of a rate that is told.
    public static let toldDifference = 0.001

    /// - Parameter nominalRate: frames per second by the data sheet, above 0.
    public init(nominalRate: Double) {
        map = ClockMap(nominalRate: nominalRate)
        toldRate = nominalRate
    }

    // The map's own answers, without a copy of it.

    /// ``ClockMap/isReady``
    public var isReady: Bool { map.isReady }
    /// ``ClockMap/rate``
    public var rate: Double { map.rate }
    /// ``ClockMap/rateIsFound``
    public var rateIsFound: Bool { map.rateIsFound }
    /// ``ClockMap/jitter``
    public var jitter: Double { map.jitter }
    /// ``ClockMap/host(at:)``
    public func host(at counter: Double) -> HostTime? { map.host(at: counter) }
    /// ``ClockMap/counter(at:)``
    public func counter(at host: HostTime) -> Double? { map.counter(at: host) }

    /// The device started over.
    public mutating func reset() {
        map.reset()
        correction = 0
        begin = nil
    }

    /// Frames have arrived. To be called once for each piece of bytes, before its blocks are stamped.
    /// - Parameters:
    ///   - counter: of the last frame.
    ///   - time: arrival.
    ///   - tell: takes events.
    public mutating func observe(counter: UInt64, at time: HostTime, _ tell: (DeviceEvent) -> Void) {
        let before = map.host(at: Double(counter))
        map.observe(counter: counter, host: time)
        let begin = begin ?? time
        self.begin = begin
        guard time - begin > Self.settlingTime else { return }
        if let before, let now = map.host(at: Double(counter)) { correction = max(correction, abs(now - before)) }
        if correction > Self.toldCorrection, lastEvent.map({ time - $0 > 1 }) ?? true {
            tell(DeviceEvent(code: .clockCorrected, value: UInt64(saturating: correction * 1e6), hostTime: time))
            correction = 0
            lastEvent = time
        }
        let rate = map.rate
        if map.rateIsFound, abs(rate / toldRate - 1) > Self.toldDifference {
            toldRate = rate
            tell(DeviceEvent(code: .rateFound, value: UInt64(saturating: (rate * 1000).rounded()), hostTime: time))
        }
    }

    /// Puts the times of its frames into a block.
    /// - Parameters:
    ///   - item: the block; its times are overwritten.
    ///   - counter: the clock's counter of the block's first frame.
    ///   - stride: counters from one frame of the block to the next, where the clock counts finer than the stream.
    public mutating func stamp(_ item: inout SampleRingItem, counter: Double, stride: Double = 1) {
        let frames = Double(max(1, item.frames))
        let period = stride / map.rate
        guard let first = map.host(at: counter), let end = map.host(at: counter + stride * (frames - 1)) else { return }
        var made = first
        if let last, made < last + period / 2 { made = last + period / 2 }
        let step = frames > 1 ? max(period / 2, (end - made) / (frames - 1)) : period
        item.setMade(made, period: step)
        last = made + step * (frames - 1)
    }
}

/// Puts times into the blocks of a device's regular streams, where its decoder has not done that itself, and takes the device's known
/// delay off all times, whoever has put them in. Live acquisition and replay share it.
///
/// Arrivals (``SampleRingItem/hostTime``) stay as they are, and so do the stamps of streams with clocks of their own.
public struct StreamClocks: Sendable {
    private var clocks: [FrameClock?]
    private let hasOwnClock: [Bool]
    private let latency: Double

    /// - Parameters:
    ///   - streams: of one device, in their order.
    ///   - latency: seconds from the sensor to the arrival of its bytes, 0 or more.
    public init(_ streams: [StreamDescription], latency: Double = 0) {
        self.latency = latency
        hasOwnClock = streams.map(\.hasOwnClock)
        clocks = streams.map {
            $0.nominalRate > 0 && !$0.isText && !$0.hasOwnClock ? FrameClock(nominalRate: $0.nominalRate) : nil
        }
    }

    /// - Parameters:
    ///   - item: a block of one of the streams; its times are overwritten.
    ///   - tell: takes what the clocks have to tell, before the block.
    public mutating func stamp(_ item: inout SampleRingItem, _ tell: (DeviceEvent) -> Void) {
        putTimes(into: &item, tell)
        guard latency > 0 else { return }
        if let made = item.made {
            item.setMade(made + -latency, period: item.framePeriod)
        } else if item.kind == .samples || item.kind == .text && item.mark == nil, item.frames > 0,
            hasOwnClock.indices.contains(Int(item.stream)), !hasOwnClock[Int(item.stream)]
        {
            // What comes irregularly was sampled so long before it came.
            item.setMade(item.hostTime + -latency, period: 0)
        }
    }

    private mutating func putTimes(into item: inout SampleRingItem, _ tell: (DeviceEvent) -> Void) {
        let stream = Int(item.stream)
        guard item.kind == .samples, item.made == nil, clocks.indices.contains(stream), item.frames > 0 else { return }
        clocks[stream]?.observe(counter: item.firstCounter &+ UInt64(item.frames) &- 1, at: item.hostTime, tell)
        clocks[stream]?.stamp(&item, counter: Double(item.firstCounter))
    }

    /// An event of the device at its place between the blocks.
    public mutating func note(_ event: DeviceEvent) {
        guard event.code == .reconnected else { return }
        for index in clocks.indices { clocks[index]?.reset() }
    }
}
