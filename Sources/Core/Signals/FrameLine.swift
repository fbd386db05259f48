/// Where a stream's frames are in time, at the moment: a straight line through the last block that was stamped.
public struct FrameLine: Sendable, Equatable {
    /// A frame, when it was sampled, and host seconds from a frame to the next.
    let counter: Double
    let host: HostTime
    let period: Double
    let nominalRate: Double

    /// - Parameters:
    ///   - item: a block that a ``FrameClock`` has stamped; others give nil.
    ///   - nominalRate: frames per second by the data sheet, above 0.
    public init?(_ item: SampleRingItem, nominalRate: Double) {
        guard let made = item.made, item.framePeriod > 0 else { return nil }
        self.init(counter: Double(item.firstCounter), host: made, period: item.framePeriod, nominalRate: nominalRate)
    }

    /// - Parameter map: one that has observed something; others give nil.
    public init?(_ map: ClockMap) {
        guard let host = map.host(at: map.lastCounter) else { return nil }
        self.init(counter: map.lastCounter, host: host, period: 1 / map.rate, nominalRate: map.nominalRate)
    }

    private init(counter: Double, host: HostTime, period: Double, nominalRate: Double) {
        self.counter = counter
        self.host = host
        self.period = period
        self.nominalRate = nominalRate
    }

    /// Host time at which the frame with this (fractional) counter was sampled.
    public func host(at counter: Double) -> HostTime { host + period * (counter - self.counter) }

    /// The (fractional) counter of the frame at a host time.
    public func counter(at host: HostTime) -> Double { counter + (host - self.host) / period }

    /// How much faster than nominal the device's clock runs against the host's, in parts per million.
    public var drift_ppm: Double { (1 / (period * nominalRate) - 1) * 1e6 }
}
