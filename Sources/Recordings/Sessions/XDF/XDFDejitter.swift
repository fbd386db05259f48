extension XDFReader.Stream {
    /// Where a run of samples is taken to be interrupted. The defaults are pyxdf's.
    public struct BreakSettings: Sendable {
        /// Two stamps farther apart than this many seconds …
        public var seconds = 1.0
        /// … and than this many sample periods are a break.
        public var samples = 500.0

        public init() {}
    }

    /// Replaces the stamps of a regular stream by straight lines, one between each two breaks.
    ///
    /// Method: ordinary least squares of stamp against sample number in each segment. It takes arrival jitter away from
    /// recordings whose stamps are moments of arrival; it must not be used where frames may be missing without a
    /// break, because it would spread their time over the others. Larmor's own recordings do not need it: their
    /// stamps come from the device's counter through a `ClockMap`. Irregular streams stay as they are.
    public mutating func dejitter(_ settings: BreakSettings = BreakSettings()) {
        segments = []
        guard !stamps.isEmpty else { return }
        guard nominalRate > 0 else {
            segments = [0..<stamps.count]
            return
        }
        let period = 1 / nominalRate
        let threshold = max(settings.seconds, settings.samples * period)
        stamps.withUnsafeMutableBufferPointer { stamps in
            var start = 0
            for index in 1..<max(1, stamps.count) where abs(stamps[index] - stamps[index - 1]) > threshold {
                segments.append(start..<index)
                start = index
            }
            segments.append(start..<stamps.count)
            for segment in segments where segment.count > 1 {
                Self.straighten(UnsafeMutableBufferPointer(rebasing: stamps[segment]), period)
            }
        }
    }

    /// The sums are taken of the distances from the nominal line, which are small, so that nothing is lost to rounding.
    private static func straighten(_ stamps: UnsafeMutableBufferPointer<Double>, _ period: Double) {
        let count = Double(stamps.count)
        let middle = (count - 1) / 2
        let first = stamps[0]
        var sum = 0.0
        var moment = 0.0
        for index in stamps.indices {
            let residual = stamps[index] - (first + Double(index) * period)
            sum += residual
            moment += (Double(index) - middle) * residual
        }
        // Sum of squares of the centred numbers −(n−1)/2 … (n−1)/2.
        let slope = moment / (count * (count * count - 1) / 12)
        let offset = first + sum / count - slope * middle
        for index in stamps.indices { stamps[index] = offset + Double(index) * (period + slope) }
    }
}
