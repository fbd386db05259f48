import Foundation

extension XDFReader.Stream {
    /// When clock offsets tell that a stream's clock was set anew. The defaults are pyxdf's.
    public struct ClockSettings: Sendable {
        /// An interval between two offsets is a glitch when it differs from the median by more than so many seconds …
        public var resetSeconds = 5.0
        /// … and by more than so many median absolute deviations.
        public var resetDeviations = 5.0
        /// A step between two offsets is a glitch when it differs from the median step by more than so many seconds …
        public var resetOffsetSeconds = 1.0
        /// … and by more than so many median absolute deviations.
        public var resetOffsetDeviations = 10.0
        /// Residuals above this many seconds are outliers (Huber's threshold).
        public var outlierSeconds = 1e-4

        public init() {}
    }

    /// Adds to every stamp the offset of its clock to the recorder's.
    ///
    /// Method: the offsets are cut into segments at clock resets (time goes back, or both the interval and the offset make a
    /// jump); in each segment a line `offset = a + b · time` is fitted by Huber's robust regression; a stamp `t`
    /// becomes `t + a + b · t`. A stamp belongs to the next segment from the first one on that is nearer to that segment's
    /// first offset than to the last one of its own. Streams without offsets stay as they are.
    ///
    /// - Source: the XDF specification leaves the method open; this is what pyxdf 1.17 documents, and results agree with
    ///   it. Regression: P. J. Huber, Ann. Math. Statist. 35 (1964) 73.
    public mutating func synchroniseClock(_ settings: ClockSettings = ClockSettings()) {
        guard !clockOffsets.isEmpty, !stamps.isEmpty else { return }
        let ranges = clockRanges(settings)
        clockSegments = []
        var start = 0
        for (number, range) in ranges.enumerated() {
            var stop = stamps.count
            if number + 1 < ranges.count {
                let end = clockOffsets[range.upperBound - 1].time
                let next = clockOffsets[range.upperBound].time
                stop = stamps[start...].firstIndex { abs($0 - end) >= abs($0 - next) } ?? stamps.count
            }
            guard start < stop else { continue }
            clockSegments.append(start..<stop)
            let line = HuberLine(
                clockOffsets[range].map { ($0.time, $0.offset) }, threshold: settings.outlierSeconds)
            stamps.withUnsafeMutableBufferPointer { stamps in
                for index in start..<stop { stamps[index] += line.intercept + line.slope * stamps[index] }
            }
            start = stop
        }
    }

    /// Ranges of ``clockOffsets`` between resets.
    private func clockRanges(_ settings: ClockSettings) -> [Range<Int>] {
        guard clockOffsets.count > 1 else { return [0..<clockOffsets.count] }
        let intervals = zip(clockOffsets.dropFirst(), clockOffsets).map { $0.time - $1.time }
        let steps = zip(clockOffsets.dropFirst(), clockOffsets).map { $0.offset - $1.offset }
        let late = Self.glitches(intervals, settings.resetDeviations, settings.resetSeconds)
        let jumps = Self.glitches(steps, settings.resetOffsetDeviations, settings.resetOffsetSeconds)
        var ranges: [Range<Int>] = []
        var start = 0
        for index in intervals.indices where intervals[index] < 0 || (late[index] && jumps[index]) {
            ranges.append(start..<index + 1)
            start = index + 1
        }
        return ranges + [start..<clockOffsets.count]
    }

    private static func glitches(_ values: [Double], _ deviations: Double, _ seconds: Double) -> [Bool] {
        let middle = median(values)
        let distances = values.map { abs($0 - middle) }
        let spread = median(distances) + Double.ulpOfOne
        return distances.map { $0 / spread > deviations && $0 > seconds }
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }
}

/// The line `y = intercept + slope · x` with the least sum of Huber losses, by iteratively reweighted least squares.
struct HuberLine {
    private(set) var intercept = 0.0
    private(set) var slope = 0.0

    /// - Parameters:
    ///   - pairs: at least one; one alone gives a constant.
    ///   - threshold: residuals above it count linearly.
    init(_ pairs: [(x: Double, y: Double)], threshold: Double) {
        let origin = pairs.map(\.x).min() ?? 0
        var weights = [Double](repeating: 1, count: pairs.count)
        for _ in 0..<200 {
            let before = (intercept, slope)
            fit(pairs, weights, origin)
            for (index, pair) in pairs.enumerated() {
                let residual = abs(pair.y - intercept - slope * (pair.x - origin))
                weights[index] = residual > threshold ? threshold / residual : 1
            }
            let change = max(
                abs(intercept - before.0), abs(slope - before.1) * (pairs.last.map { $0.x - origin } ?? 0))
            if change < 1e-12 { break }
        }
        intercept -= slope * origin
    }

    private mutating func fit(_ pairs: [(x: Double, y: Double)], _ weights: [Double], _ origin: Double) {
        var (weight, meanX, meanY) = (0.0, 0.0, 0.0)
        for (pair, w) in zip(pairs, weights) {
            weight += w
            meanX += w * (pair.x - origin)
            meanY += w * pair.y
        }
        meanX /= weight
        meanY /= weight
        var (xx, xy) = (0.0, 0.0)
        for (pair, w) in zip(pairs, weights) {
            let x = pair.x - origin - meanX
            xx += w * x * x
            xy += w * x * (pair.y - meanY)
        }
        slope = xx > 0 ? xy / xx : 0
        intercept = meanY - slope * meanX
    }
}
