/// The arrivals of a whole recording, from which each frame's time is told with what came before *and after* it: for exports,
/// verification and checks. The first frames and a backlog at the start are then as right as the rest.
///
/// It is the model of ``ClockMap``, the lower edge of the arrivals, over a window on both sides of each moment: a minute where
/// one line fits, and shorter where the arrivals say plainly that the line bends (the host's clock was slewed).
public struct ClockHistory: Sendable {
    /// Frames per second by the data sheet.
    public let nominalRate: Double
    private var causal: ClockMap
    private var runs: [Run] = []
    private var isNewRun = true

    /// Arrivals between two beginnings of the device.
    private struct Run: Sendable {
        /// Coordinates count from this pair.
        let counter: UInt64
        let host: HostTime
        /// The first counter that is of this run.
        let begin: UInt64
        var end: UInt64
        var xs: [Double] = []
        var ys: [Double] = []
        /// The stretch of host time that the last point stands for.
        var number = 0
        /// Before it each stretch is short, so that a short recording has enough points.
        static let dense = 8.0
    }

    /// - Parameter nominalRate: frames per second by the data sheet; above 0.
    public init(nominalRate: Double) {
        self.nominalRate = nominalRate
        causal = ClockMap(nominalRate: nominalRate)
    }

    /// Takes one pair, as ``ClockMap/observe(counter:host:)``.
    public mutating func observe(counter: UInt64, host: HostTime) {
        causal.observe(counter: counter, host: host)
        guard !isNewRun, var run = runs.popLast() else {
            isNewRun = false
            let begin = runs.last.map { $0.end &+ 1 } ?? 0
            return runs.append(Run(counter: counter, host: host, begin: begin, end: counter, xs: [0], ys: [0]))
        }
        run.end = max(run.end, counter)
        let x = (Double(counter) - Double(run.counter)) / nominalRate
        let y = host - run.host
        let last = run.xs.count - 1
        let number = Int(saturating: y < Run.dense ? y * 16 : Run.dense * 16 + (y - Run.dense) / ArrivalBuckets.longest)
        if x > run.xs[last] {
            if number == run.number {
                if y - run.ys[last] < (x - run.xs[last]) * nominalRate / causal.rate { (run.xs[last], run.ys[last]) = (x, y) }
            } else {
                run.xs.append(x)
                run.ys.append(y)
                run.number = number
            }
        }
        runs.append(run)
    }

    /// The device started over: the counters from now on mean other times.
    public mutating func reset() {
        causal.reset()
        isNewRun = true
    }

    /// The times of all frames.
    public func curve() -> ClockCurve {
        ClockCurve(
            pieces: runs.map { run in
                ClockCurve.Piece(
                    run.xs, run.ys, counter: run.counter, begin: run.begin, host: run.host, rate: nominalRate)
            })
    }
}

/// Times of all frames of a recorded stream: straight between the moments at which they were fitted.
public struct ClockCurve: Sendable {
    let pieces: [Piece]

    struct Piece: Sendable {
        let counter: UInt64
        let begin: UInt64
        let host: HostTime
        let nominalRate: Double
        private(set) var xs: [Double] = []
        private(set) var ys: [Double] = []
        private var firstSlope = 1.0
        private var lastSlope = 1.0

        /// Points on either side of the moment at hand, the widest window first.
        private static let halves = [80, 40, 20, 10]
        private static let evidence = 20.0

        init(
            _ pointsX: [Double], _ pointsY: [Double], counter: UInt64, begin: UInt64, host: HostTime, rate: Double
        ) {
            self.counter = counter
            self.begin = begin
            self.host = host
            nominalRate = rate
            var fit = EnvelopeFit(capacity: 2 * Self.halves[0] + 1)
            var index = 0
            while true {
                let line = Self.line(pointsX, pointsY, around: index, &fit)
                let (x, y) = (pointsX[index], line.y(at: pointsX[index]))
                if xs.isEmpty {
                    firstSlope = line.slope
                    (xs, ys) = ([x], [y])
                } else if x > xs[xs.count - 1], y > ys[ys.count - 1] {
                    xs.append(x)
                    ys.append(y)
                }
                lastSlope = line.slope
                guard index < pointsX.count - 1 else { return }
                index = min(index + 2, pointsX.count - 1)
            }
        }

        /// The line at one point: of the widest window that no narrower one contradicts.
        private static func line(
            _ xs: [Double], _ ys: [Double], around index: Int, _ fit: inout EnvelopeFit
        ) -> EnvelopeFit.Line {
            let all = 0..<xs.count
            func window(_ half: Int) -> Range<Int> { (index - half..<index + half + 1).clamped(to: all) }
            let first = window(halves[0])
            let (assumed, most) = EnvelopeFit.lowest(slope: 1, xs, ys, first)
            guard first.count >= 4 else { return assumed }
            var (line, mean) = fit.line(xs, ys, first)
            // A few points do not overrule the nominal rate.
            if first.count < 32, (most - mean) * Double(first.count) <= 6 * mean + 0.0003 { return assumed }
            for half in halves.dropFirst() {
                let range = window(half)
                guard range.count >= 17, range.count < first.count else { continue }
                let (inner, innerMean) = fit.line(xs, ys, range)
                let outer = range.reduce(0) { $0 + line.excess(xs[$1], ys[$1]) }
                let gain = outer - innerMean * Double(range.count) - 0.0003 * Double(range.count)
                if gain > evidence * innerMean { (line, mean) = (inner, innerMean) }
            }
            return line
        }

        /// - Parameter place: index of a fitted moment near by; the one before `counter` afterwards.
        func host(at counter: Double, near place: inout Int) -> HostTime {
            let x = (counter - Double(self.counter)) / nominalRate
            guard let first = xs.first, let last = xs.last, x > first else {
                return host + ((ys.first ?? 0) + firstSlope * (x - (xs.first ?? 0)))
            }
            guard x < last else { return host + ((ys.last ?? 0) + lastSlope * (x - last)) }
            if !(xs.indices.contains(place) && xs[place] <= x && x < xs[min(place + 2, xs.count - 1)]) {
                var (low, high) = (0, xs.count - 1)
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if xs[middle] <= x { low = middle } else { high = middle }
                }
                place = low
            } else if xs[place + 1] <= x {
                place += 1
            }
            let next = place + 1
            return host + (ys[place] + (ys[next] - ys[place]) * (x - xs[place]) / (xs[next] - xs[place]))
        }
    }

    /// Hands on the times of consecutive frames. They only grow: where the device started over and its times fall back, frames follow each
    /// other by half a period until they have met them.
    /// - Parameters:
    ///   - counter: of the first one.
    ///   - count: number of frames.
    ///   - last: time of the frame before it; of the last one afterwards.
    ///   - body: takes the time of each frame, in their order.
    public func forEachHost(
        from counter: UInt64, count: Int, after last: inout HostTime?, _ body: (HostTime) -> Void
    ) {
        guard var walk = walk(from: counter) else { return }
        walk.next(count, after: &last, body)
    }

    /// Times of consecutive frames, a few at a time: the same as ``forEachHost(from:count:after:_:)`` gives.
    public struct Walk: Sendable {
        fileprivate let piece: Piece
        fileprivate let halfPeriod: Double
        fileprivate var counter: UInt64
        fileprivate var place = 0

        /// Hands on the times of the next `count` frames.
        public mutating func next(_ count: Int, after last: inout HostTime?, _ body: (HostTime) -> Void) {
            for _ in 0..<count {
                var time = piece.host(at: Double(counter), near: &place)
                if let last { time = max(time, last + halfPeriod) }
                body(time)
                last = time
                counter &+= 1
            }
        }
    }

    /// - Returns: nil when nothing arrived.
    public func walk(from counter: UInt64) -> Walk? {
        guard let piece = piece(of: Double(counter)) else { return nil }
        return Walk(piece: piece, halfPeriod: 0.5 / (rate ?? piece.nominalRate), counter: counter)
    }

    private func piece(of counter: Double) -> Piece? {
        guard var found = pieces.first else { return nil }
        for piece in pieces.dropFirst() {
            guard Double(piece.begin) <= counter else { break }
            found = piece
        }
        return found
    }

    /// Host time at which a frame was sampled; nil when nothing arrived.
    public func host(at counter: Double) -> HostTime? {
        var place = 0
        return piece(of: counter)?.host(at: counter, near: &place)
    }

    /// Frames per second of the host's clock over the longest run; nil when it is shorter than two points.
    public var rate: Double? {
        let longest = pieces.max { ($0.xs.last ?? 0) - ($0.xs.first ?? 0) < ($1.xs.last ?? 0) - ($1.xs.first ?? 0) }
        guard let longest, longest.xs.count > 1 else { return nil }
        return longest.nominalRate * (longest.xs[longest.xs.count - 1] - longest.xs[0])
            / (longest.ys[longest.ys.count - 1] - longest.ys[0])
    }
}
