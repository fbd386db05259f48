/// The earliest arrivals of a stream: of each short stretch of host time the one that was least late.
///
/// Coordinates are seconds since the first arrival: x on the device's clock at its nominal rate, y on the host's. The stretches are
/// short at first and grow to half a second, so that a few seconds give enough points and two minutes fit.
struct ArrivalBuckets: Sendable {
    static let longest = 0.5
    private static let shortest = 1.0 / 64

    let capacity: Int
    /// Device and host seconds, and the number of the stretch, of each point from `start` to `count`.
    private(set) var xs: [Double]
    private(set) var ys: [Double]
    private var numbers: [Int]
    private(set) var count = 0
    private(set) var start = 0
    private var width = Self.shortest

    init(capacity: Int) {
        self.capacity = capacity
        xs = [Double](repeating: 0, count: capacity)
        ys = xs
        numbers = [Int](repeating: 0, count: capacity)
    }

    var range: Range<Int> { start..<count }
    /// Host seconds from the first point that is kept to the last.
    var span: Double { count > start ? ys[count - 1] - ys[start] : 0 }

    /// Puts an arrival in.
    /// - Parameter slope: host seconds per device second, as far as it is known: what "least late" means.
    /// - Returns: whether the points have changed, and whether a new stretch began.
    mutating func insert(x: Double, y: Double, slope: Double) -> (isChanged: Bool, isNew: Bool) {
        if count == 0 {
            put(x, y, number(y), at: 0)
            count = 1
            return (true, true)
        }
        if number(y) == numbers[count - 1] { return (lower(x, y, slope), false) }
        while width < Self.longest, number(y) - numbers[0] >= capacity { coarsen(slope) }
        let number = number(y)
        if number == numbers[count - 1] { return (lower(x, y, slope), false) }
        if count == capacity {
            for index in 1..<count { put(xs[index], ys[index], numbers[index], at: index - 1) }
            count -= 1
            start = max(0, start - 1)
        }
        while start < count, numbers[start] <= number - capacity { start += 1 }
        put(x, y, number, at: count)
        count += 1
        return (true, true)
    }

    /// Forgets what came before a point.
    mutating func drop(before index: Int) { start = index }

    private func number(_ y: Double) -> Int { Int(saturating: max(-1e15, min(1e15, y / width))) }

    private mutating func put(_ x: Double, _ y: Double, _ number: Int, at index: Int) {
        xs[index] = x
        ys[index] = y
        numbers[index] = number
    }

    /// The last stretch keeps the point that is less late.
    private mutating func lower(_ x: Double, _ y: Double, _ slope: Double) -> Bool {
        let last = count - 1
        guard y - ys[last] < slope * (x - xs[last]) else { return false }
        xs[last] = x
        ys[last] = y
        return true
    }

    /// Two stretches become one.
    private mutating func coarsen(_ slope: Double) {
        width *= 2
        var kept = 0
        var first = 0
        for index in 0..<count {
            let number = numbers[index] >> 1
            if kept > 0, numbers[kept - 1] == number {
                if ys[index] - ys[kept - 1] < slope * (xs[index] - xs[kept - 1]) {
                    put(xs[index], ys[index], number, at: kept - 1)
                }
            } else {
                put(xs[index], ys[index], number, at: kept)
                kept += 1
            }
            if index == start { first = kept - 1 }
        }
        count = kept
        start = first
    }
}
