/// Finds the straight line that runs along the lower edge of a cloud of points: no point is below it, and the points' mean distance
/// to it is the smallest that such a line can have.
///
/// The points are arrivals (device seconds, host seconds). A transport can only delay, so the truth, plus the least delay, is where
/// the earliest arrivals are. The line is the edge of the lower convex hull over the points' mean.
///
/// - Source: S. Moon, P. Skelly, D. Towsley, "Estimation and removal of clock skew from network delay measurements", INFOCOM
///   1999 (the same line by linear programming); hull by A. M. Andrew, Inf. Proc. Letters 9 (1979) 216.
struct EnvelopeFit: Sendable {
    struct Line: Equatable, Sendable {
        /// A place on the line, and host seconds per device second.
        var x = 0.0
        var y = 0.0
        var slope = 1.0

        func y(at x: Double) -> Double { y + slope * (x - self.x) }

        /// How far above the line a point is.
        func excess(_ x: Double, _ y: Double) -> Double { y - self.y(at: x) }
    }

    /// Indices of the hull's corners; claimed once, so that a fit allocates nothing.
    private var hull: [Int]

    init(capacity: Int) { hull = [Int](repeating: 0, count: capacity) }

    /// The lowest line of a given slope.
    /// - Returns: the line, and the mean excess of the points.
    static func lowest(
        slope: Double, _ xs: [Double], _ ys: [Double], _ range: Range<Int>
    ) -> (line: Line, excess: Double) {
        var least = Double.infinity
        var sum = 0.0
        for index in range {
            let offset = ys[index] - slope * xs[index]
            least = min(least, offset)
            sum += offset
        }
        let x = xs[range.upperBound - 1]
        return (Line(x: x, y: least + slope * x, slope: slope), sum / Double(range.count) - least)
    }

    /// The lowest line of any slope.
    /// - Parameter range: at least two points, with growing x.
    /// - Returns: the line, given at the last point, and the mean excess of the points.
    mutating func line(_ xs: [Double], _ ys: [Double], _ range: Range<Int>) -> (line: Line, excess: Double) {
        var top = 0
        var sumX = 0.0
        var sumY = 0.0
        for index in range {
            let (x, y) = (xs[index], ys[index])
            sumX += x
            sumY += y
            while top >= 2 {
                let (a, b) = (hull[top - 2], hull[top - 1])
                guard (xs[b] - xs[a]) * (y - ys[a]) <= (ys[b] - ys[a]) * (x - xs[a]) else { break }
                top -= 1
            }
            hull[top] = index
            top += 1
        }
        let (meanX, meanY) = (sumX / Double(range.count), sumY / Double(range.count))
        var corner = 1
        while corner < top - 1, xs[hull[corner]] < meanX { corner += 1 }
        let (a, b) = (hull[corner - 1], hull[corner])
        let slope = (ys[b] - ys[a]) / (xs[b] - xs[a])
        let last = xs[range.upperBound - 1]
        return (
            Line(x: last, y: ys[a] + slope * (last - xs[a]), slope: slope), meanY - (ys[a] + slope * (meanX - xs[a]))
        )
    }
}
