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
        Self.value(at: x, knots: knots)
    }

    /// Ends of the blocks with their values, for interpolation.
    public var knots: [(x: Double, y: Double)] {
        blocks.flatMap { block in
            block.lowest == block.highest
                ? [(block.lowest, block.value)] : [(block.lowest, block.value), (block.highest, block.value)]
        }
    }

    static func value(at x: Double, knots: [(x: Double, y: Double)]) -> Double {
        guard let first = knots.first, let last = knots.last else { return .nan }
        if x <= first.x { return first.y }
        if x >= last.x { return last.y }
        var (low, high) = (0, knots.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if knots[middle].x <= x { low = middle } else { high = middle }
        }
        let (a, b) = (knots[low], knots[high])
        return min(max(a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x), a.y), b.y)
    }
}
