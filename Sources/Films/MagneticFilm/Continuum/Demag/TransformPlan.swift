import Glibc

/// The passes and twiddle factors of one batched transform, in memory of its own.
final class TransformPlan<Scalar: ContinuumScalar>: @unchecked Sendable {
    // Sendable because nothing changes after the initialiser.
    let length: Int
    let radices: UnsafeMutablePointer<Int32>
    let twiddles: UnsafeMutablePointer<Scalar>
    let passes: Int

    /// - Precondition: the length has no prime factor above 5.
    init(length: Int) {
        self.length = length
        let order = TransformLengths.radices(of: length)
        passes = order.count
        radices = .allocate(capacity: max(order.count, 1))
        var values: [Scalar] = []
        var n = length
        for (i, radix) in order.enumerated() {
            radices[i] = Int32(radix)
            for p in 0..<n / radix {
                for k in 1..<radix {
                    let angle = 2 * Double.pi * Double(p * k % n) / Double(n)
                    values += [Scalar(cos(angle)), Scalar(sin(angle))]
                }
            }
            n /= radix
        }
        precondition(n == 1, "the length has a prime factor above 5")
        twiddles = .allocate(capacity: max(values.count, 1))
        twiddles.initialize(from: values, count: values.count)
    }

    deinit {
        radices.deallocate()
        twiddles.deallocate()
    }
}

/// Which lengths can be transformed, and in which passes.
enum TransformLengths {
    /// Fours first and last, where half of the input or output of padded lines can be left out.
    static func radices(of length: Int) -> [Int] {
        var (n, fours, others) = (length, 0, [Int]())
        while n.isMultiple(of: 4) { (n, fours) = (n / 4, fours + 1) }
        for factor in [5, 3, 2] { while n.isMultiple(of: factor) { (n, others) = (n / factor, others + [factor]) } }
        guard fours > 1 else { return [Int](repeating: 4, count: fours) + others + (n == 1 ? [] : [n]) }
        return [Int](repeating: 4, count: fours - 1) + others + [4]
    }

    static func isSmooth(_ length: Int) -> Bool {
        var n = length
        for factor in [2, 3, 5] { while n.isMultiple(of: factor) { n /= factor } }
        return n == 1
    }

    /// The cheapest length of at least `minimum` with factors 2, 3 and 5 only.
    static func length(atLeast minimum: Int) -> Int {
        var best = (cost: Double.infinity, length: 0)
        var n = max(minimum, 1)
        while Double(n) < best.cost {
            if isSmooth(n) {
                // Costs per point of a pass, from the operations of its butterfly; a doubled four allows skipping halves.
                let order = radices(of: n)
                let work = order.reduce(0.0) { $0 + [2: 1.0, 3: 1.4, 4: 1.2, 5: 2.0][$1]! }
                let saving = order.first == 4 ? 0.4 : 0
                let cost = Double(n) * (1 + max(work - saving, 0))
                if cost < best.cost { best = (cost, n) }
            }
            n += 1
        }
        return best.length
    }
}
