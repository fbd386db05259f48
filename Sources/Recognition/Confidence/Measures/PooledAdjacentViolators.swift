/// The non-decreasing step function of the score that fits the outcomes best, by pooling adjacent violators (PAV).
///
/// It minimises every proper score at once. Equal scores get one value.
///
/// - Source: Ayer et al., Ann. Math. Stat. 26 (1955) 641.
public struct PooledAdjacentViolators: Sendable {
    /// Rows that share one fitted value.
    public struct Block: Sendable, Equatable {
        /// Scores of the block's first and last row.
        public var lowest: Double
        public var highest: Double
        /// Number of rows.
        public var count: Int
        /// Events among them that came true.
        public var right: Int
        /// Share of events that came true, the fitted probability.
        public var value: Double { Double(right) / Double(count) }
    }

    /// In growing order of scores and of values.
    public let blocks: [Block]
    /// The block of each row of the set.
    private let blockOfRow: [Int]

    /// - Complexity: O(rows · log rows).
    public init(_ set: ScoreSet) {
        let order = set.scores.indices.sorted { set.scores[$0] < set.scores[$1] }
        var blocks: [Block] = []
        for row in order {
            let score = set.scores[row]
            let right = set.outcomes[row] ? 1 : 0
            if let last = blocks.last, last.highest == score {
                // A tie is one block from the start, and pooled only when it is whole.
                blocks[blocks.count - 1].count += 1
                blocks[blocks.count - 1].right += right
            } else {
                Self.pool(&blocks)
                blocks.append(Block(lowest: score, highest: score, count: 1, right: right))
            }
        }
        Self.pool(&blocks)
        self.blocks = blocks
        var numbers = [Int](repeating: 0, count: set.count)
        var place = 0
        for (number, block) in blocks.enumerated() {
            for row in order[place..<place + block.count] { numbers[row] = number }
            place += block.count
        }
        blockOfRow = numbers
    }

    /// Joins the last blocks while their values do not grow.
    private static func pool(_ blocks: inout [Block]) {
        while blocks.count >= 2 {
            let (a, b) = (blocks[blocks.count - 2], blocks[blocks.count - 1])
            // a.value >= b.value in whole numbers.
            guard a.right * b.count >= b.right * a.count else { return }
            blocks.removeLast()
            blocks[blocks.count - 1] = Block(
                lowest: a.lowest, highest: b.highest, count: a.count + b.count, right: a.right + b.right)
        }
    }

    /// The fitted probability of each row of the set, shape `[rows]`.
    public var fitted: [Double] { blockOfRow.map { blocks[$0].value } }

    /// The fitted probability at a score: constant on blocks, linear between them, constant beyond the ends.
    public func callAsFunction(_ x: Double) -> Double {
        // The last block that begins at or below the score.
        var (low, high) = (-1, blocks.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if blocks[middle].lowest <= x { low = middle } else { high = middle }
        }
        guard low >= 0 else { return blocks.first?.value ?? .nan }
        let block = blocks[low]
        guard x > block.highest, low + 1 < blocks.count else { return block.value }
        let next = blocks[low + 1]
        return Self.between((block.highest, block.value), (next.lowest, next.value), at: x)
    }

    /// Ends of the blocks with their values, for interpolation.
    public var knots: [(x: Double, y: Double)] {
        blocks.flatMap { block in
            block.lowest == block.highest
                ? [(block.lowest, block.value)] : [(block.lowest, block.value), (block.highest, block.value)]
        }
    }

    /// Linear between knots, constant beyond them.
    /// - Parameters:
    ///   - xs: growing.
    ///   - ys: as many.
    static func value(at x: Double, x xs: [Double], y ys: [Double]) -> Double {
        guard let first = xs.first, let last = xs.last else { return .nan }
        if x <= first { return ys[0] }
        if x >= last { return ys[ys.count - 1] }
        var (low, high) = (0, xs.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if xs[middle] <= x { low = middle } else { high = middle }
        }
        return between((xs[low], ys[low]), (xs[high], ys[high]), at: x)
    }

    private static func between(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double), at x: Double) -> Double {
        min(max(a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x), a.y), b.y)
    }
}
