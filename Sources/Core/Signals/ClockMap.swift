import Glibc

/// Maps a device's frame counter to host time: how streams with clocks of their own are brought together.
///
/// A straight line, host = offset + counter · period, is fitted to the pairs (counter of a block's last frame, arrival time)
/// by recursive least squares with exponential forgetting. Outliers (a late thread, a full USB hub) are weighed down
/// by Huber's rule; a weak prior keeps the period at its nominal value until the data say otherwise. The result
/// depends on the pairs and their order only.
///
/// Arrival is later than sampling by the transport's delay; its mean stays in the offset and can be declared as `latency`.
///
/// - Source: P. J. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35 (1964) 73; recursive weighted
///   moments after D. H. D. West, CACM 22 (1979) 532.
public struct ClockMap: Sendable {
    public struct Settings: Sendable, Equatable {
        /// Seconds after which an observation counts 1/e.
        public var forgettingTime: Double = 120
        /// Expected deviation of the device's rate from nominal, in ppm (one standard deviation of the prior).
        public var priorDeviation_ppm: Double = 200
        /// Transport delay that is known, in seconds; taken off the mapped times.
        public var latency: Double = 0

        public init() {}
    }

    public let nominalRate: Double
    public let settings: Settings

    // Weighted moments of x = device seconds and y = host seconds, both from the first observation.
    private var origin: (counter: UInt64, host: HostTime)?
    private var weight = 0.0
    private var meanX = 0.0
    private var meanY = 0.0
    private var sumXX = 0.0
    private var sumXY = 0.0
    private var lastX = 0.0
    private var residualScale = 0.0
    private var residualWeight = 0.0
    public private(set) var observations: UInt64 = 0

    /// - Parameter nominalRate: frames per second of the device's clock by its data sheet; must be above 0.
    public init(nominalRate: Double, settings: Settings = Settings()) {
        precondition(nominalRate > 0, "a clock map needs a nominal rate")
        self.nominalRate = nominalRate
        self.settings = settings
    }

    /// Takes one pair. Pairs must come with growing counters; call ``reset()`` when the device starts anew.
    /// - Parameters:
    ///   - counter: device counter of the last frame that had arrived.
    ///   - host: when it arrived.
    public mutating func observe(counter: UInt64, host: HostTime) {
        guard let origin else {
            self.origin = (counter, host)
            weight = 1
            observations = 1
            return
        }
        let x = (Double(counter) - Double(origin.counter)) / nominalRate
        let y = host - origin.host
        let residual = y - (meanY + slope * (x - meanX))
        let influence = huberWeight(residual)
        let keep = lastX < x ? exp(-(x - lastX) / settings.forgettingTime) : 1
        lastX = max(lastX, x)

        let kept = weight * keep
        let total = kept + influence
        let dx = x - meanX
        let dy = y - meanY
        let share = influence / total
        meanX += share * dx
        meanY += share * dy
        let cross = kept * share
        sumXX = sumXX * keep + cross * dx * dx
        sumXY = sumXY * keep + cross * dx * dy
        weight = total

        let pace = 1 / min(residualWeight + 1, 500)
        residualWeight += 1
        residualScale += pace * (abs(residual) - residualScale)
        observations += 1
    }

    /// Forgets everything: the device restarted its counter or was replaced.
    public mutating func reset() { self = ClockMap(nominalRate: nominalRate, settings: settings) }

    /// Whether anything can be mapped yet.
    public var isReady: Bool { origin != nil }

    /// Host time at which the frame with this (fractional) counter was sampled; nil before the first observation.
    public func host(at counter: Double) -> HostTime? {
        guard let origin else { return nil }
        let x = (counter - Double(origin.counter)) / nominalRate
        return origin.host + (meanY + slope * (x - meanX) - settings.latency)
    }

    /// The (fractional) device counter at a host time; nil before the first observation.
    public func counter(at host: HostTime) -> Double? {
        guard let origin else { return nil }
        let y = host - origin.host + settings.latency
        return Double(origin.counter) + (meanX + (y - meanY) / slope) * nominalRate
    }

    /// How much faster than nominal the device's clock runs against the host's, in parts per million.
    public var drift_ppm: Double { (1 / slope - 1) * 1e6 }

    /// Mean absolute deviation of the arrivals from the line, in seconds, over the last 500 or so.
    public var jitter: Double { residualScale }

    /// Host seconds per nominal device second.
    private var slope: Double {
        let jitterFloor = max(residualScale, 1e-4)
        let deviation = settings.priorDeviation_ppm * 1e-6
        let prior = (jitterFloor / deviation) * (jitterFloor / deviation)
        return (sumXY + prior) / (sumXX + prior)
    }

    private func huberWeight(_ residual: Double) -> Double {
        // Until a scale is known every observation counts fully.
        guard residualWeight >= 20 else { return 1 }
        let limit = 4 * max(residualScale, 1e-5)
        return abs(residual) <= limit ? 1 : limit / abs(residual)
    }
}
