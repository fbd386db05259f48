/// Maps a device's frame counter to host time, as far as is known at the moment: how streams with clocks of their own are brought
/// together. ``ClockHistory`` tells it for times past, when the arrivals after them are known, too.
///
/// An arrival is never early: it is the sampling, plus the transport's least delay, plus whatever held it up (a late thread, a full
/// hub, a packet that waited for others). So the map runs along the *lower edge* of the arrivals of the last two minutes
/// (`EnvelopeFit`), and its error shrinks with the number of reads instead of its root. The least delay itself cannot be
/// known from arrivals; it stays in the map and can be declared as `latency`.
///
/// - The rate comes from the data, whatever the data sheet says; only while the arrivals do not contradict it the nominal one counts.
/// - When the host's clock is slewed (NTP does that by up to 500 ppm) the edge bends. A bend upwards shows as a stretch in which
///   nothing came near the line any more, one downwards as arrivals below it. A bend is believed when it lowers the sum of
///   the arrivals' lateness by as much as chance does once in 100,000 times (`evidence`, in units of their mean).
/// - The result depends on the pairs and their order only. Nothing is allocated after creation.
public struct ClockMap: Sendable {
    /// What is known of the transport beforehand.
    public struct Settings: Sendable, Equatable {
        /// Transport delay that is known, in seconds; taken off the mapped times.
        public var latency: Double = 0

        public init() {}
    }

    /// Frames per second by the data sheet.
    public let nominalRate: Double
    public let settings: Settings

    private var origin: (counter: UInt64, host: HostTime)?
    private var points = ArrivalBuckets(capacity: Self.capacity)
    private var fit = EnvelopeFit(capacity: Self.capacity)
    private var line = EnvelopeFit.Line()
    /// Host seconds per nominal device second: of the nominal rate, or as found before.
    private var known: Double
    /// Mean lateness of the points.
    private var lateness = 0.0
    /// Pairs that were taken since the creation or the last reset.
    public private(set) var observations: UInt64 = 0
    /// The last frame that was observed.
    private(set) var lastCounter = 0.0
    /// Whether the rate is found, not assumed: half a minute of arrivals, or what was known before the device returned.
    public private(set) var isSettled = false

    private static let capacity = 256
    /// Gain in units of the mean lateness at which a bend is believed: chance gives so much once in e¹² times.
    private static let evidence = 12.0
    /// Gain at which a slope that differs from the known one is believed before the map is settled.
    private static let earlyEvidence = 6.0
    /// Seconds that are nobody's lateness: wander of the clocks, rounding.
    private static let rounding = 0.0003
    /// Points that a bend needs.
    private static let shortestBend = 8
    /// A host's clock is slewed by 500 ppm at most; with some room.
    private static let steepestBend = 800e-6
    private static let largestSlew = 600e-6

    /// - Parameters:
    ///   - nominalRate: frames per second of the device's clock by its data sheet; must be above 0.
    ///   - settings: what is known of the transport beforehand.
    public init(nominalRate: Double, settings: Settings = Settings()) {
        precondition(nominalRate > 0, "a clock map needs a nominal rate")
        self.nominalRate = nominalRate
        self.settings = settings
        known = 1
        line.slope = 1
    }

    /// Takes one pair. Counters and times must grow; call ``reset()`` when the device starts over.
    /// - Parameters:
    ///   - counter: device counter of the last frame that had arrived.
    ///   - host: when it arrived.
    public mutating func observe(counter: UInt64, host: HostTime) {
        observations += 1
        lastCounter = Double(counter)
        guard let origin else {
            self.origin = (counter, host)
            _ = points.insert(x: 0, y: 0, slope: known)
            line = EnvelopeFit.Line(x: 0, y: 0, slope: known)
            return
        }
        let x = (Double(counter) - Double(origin.counter)) / nominalRate
        let y = host - origin.host
        guard points.count == 0 || x > points.xs[points.count - 1] else { return }
        let isBelow = line.excess(x, y) < 0
        let (isChanged, isNew) = points.insert(x: x, y: y, slope: line.slope)
        if isNew || (isChanged && isBelow) { update() }
    }

    /// The device started over or was replaced: its counters mean other times now. What is known of its rate is kept.
    public mutating func reset() {
        origin = nil
        points = ArrivalBuckets(capacity: Self.capacity)
        line = EnvelopeFit.Line(x: 0, y: 0, slope: known)
        lateness = 0
    }

    /// Whether anything can be mapped yet.
    public var isReady: Bool { origin != nil }

    /// Host time at which the frame with this (fractional) counter was sampled; nil before the first observation.
    public func host(at counter: Double) -> HostTime? {
        guard let origin else { return nil }
        let x = (counter - Double(origin.counter)) / nominalRate
        return origin.host + (line.y(at: x) - settings.latency)
    }

    /// The (fractional) device counter at a host time; nil before the first observation.
    public func counter(at host: HostTime) -> Double? {
        guard let origin else { return nil }
        let y = host - origin.host + settings.latency
        return Double(origin.counter) + (line.x + (y - line.y) / line.slope) * nominalRate
    }

    /// Frames per second of the host's clock, as found.
    public var rate: Double { nominalRate / line.slope }

    /// Whether the arrivals tell the rate to a few hundredths of a per cent.
    public var rateIsFound: Bool {
        let count = Double(points.range.count)
        return isSettled || (points.span > 3 && count >= 16 && 20 * lateness < 500e-6 * count * points.span)
    }

    /// How much faster than nominal the device's clock runs against the host's, in parts per million.
    public var drift_ppm: Double { (1 / line.slope - 1) * 1e6 }

    /// Mean lateness of the earliest arrivals of each half second, in seconds.
    public var jitter: Double { lateness }

    // MARK: The line

    private mutating func update() {
        fitWindow()
        guard isSettled else { return }
        if bendUpwards() { return }
        if let corner = cornerInside() {
            points.drop(before: corner)
            fitWindow()
        }
    }

    /// The line of all points that are kept.
    private mutating func fitWindow() {
        let range = points.range
        guard range.count >= 4 else {
            let (lowest, mean) = EnvelopeFit.lowest(slope: known, points.xs, points.ys, range)
            line = lowest
            if !isSettled { lateness = mean }
            return
        }
        var (found, mean) = fit.line(points.xs, points.ys, range)
        let difference = found.slope / known - 1
        if !isSettled {
            let (assumed, most) = EnvelopeFit.lowest(slope: known, points.xs, points.ys, range)
            if (most - mean) * Double(range.count) <= Self.earlyEvidence * mean + Self.rounding {
                (found, mean) = (assumed, most)
            }
        } else if points.span < 64, abs(difference) > Self.largestSlew {
            let slope = known * (1 + (difference > 0 ? Self.largestSlew : -Self.largestSlew))
            (found, mean) = EnvelopeFit.lowest(slope: slope, points.xs, points.ys, range)
        }
        line = found
        if range.count >= 16 || !isSettled { lateness = mean }
        if range.count >= 16, points.span > 30 {
            isSettled = true
            known = found.slope
        }
    }

    /// The line turned or lifted from some point on, where the points after it say so plainly.
    private mutating func bendUpwards() -> Bool {
        var gain = Self.evidence * lateness
        let last = points.count - 1
        var length = Self.shortestBend
        var bent: EnvelopeFit.Line?
        while length < points.range.count {
            let pivot = last - length
            let x = points.xs[pivot]
            var lift = Self.largestSlew * (x - points.xs[points.start])
            var turn = Self.steepestBend
            var lever = 0.0
            for index in pivot + 1...last {
                let excess = line.excess(points.xs[index], points.ys[index]) - Self.rounding
                let distance = points.xs[index] - x
                lift = min(lift, excess)
                turn = min(turn, excess / distance)
                lever += distance
            }
            if turn * lever > gain {
                gain = turn * lever
                bent = EnvelopeFit.Line(x: x, y: line.y(at: x), slope: line.slope + turn)
            }
            if lift * Double(length) > gain {
                gain = lift * Double(length)
                bent = EnvelopeFit.Line(x: x, y: line.y(at: x) + lift, slope: line.slope)
            }
            length += max(4, length / 4)
        }
        guard let bent else { return false }
        line = EnvelopeFit.Line(x: points.xs[last], y: bent.y(at: points.xs[last]), slope: bent.slope)
        return true
    }

    /// A place inside which no point came near the line: it bends down there, and what came before is of another line.
    private func cornerInside() -> Int? {
        var gain = 0.0
        var corner: Int?
        var length = Self.shortestBend
        while length * 2 <= points.range.count {
            var first = points.start
            while first + length < points.count - Self.shortestBend {
                var least = Double.infinity
                for index in first..<first + length { least = min(least, line.excess(points.xs[index], points.ys[index])) }
                let found = (least - Self.rounding) * Double(length)
                if found > 20 * lateness, found > gain {
                    gain = found
                    corner = first + length / 2
                }
                first += length / 2
            }
            length *= 2
        }
        return corner
    }
}
