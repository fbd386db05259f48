/// Scores in bins, each with its mean score and the share of events that came true: the common reliability diagram.
public struct CalibrationBins: Sendable {
    /// How rows are put into bins.
    public enum Kind: String, Sendable, CaseIterable {
        /// Bins of equal width on 0 … 1; a score on an edge belongs to the lower bin.
        case equalWidth = "equal-width"
        /// Bins of as equal counts as can be: the row of rank r of n (from 0) is in bin ⌊r · bins / n⌋; equal scores rank in their order.
        case equalCount = "equal-count"
    }

    /// One bin that has rows.
    public struct Bin: Sendable, Equatable {
        /// Rows of the bin.
        public var count: Int
        public var meanScore: Double
        /// Share of events that came true.
        public var rightShare: Double
    }

    /// Those with rows, from low to high scores.
    public let bins: [Bin]

    /// - Precondition: at least one bin.
    public init(_ set: ScoreSet, kind: Kind, count: Int = 10) {
        precondition(count >= 1, "there is one bin at least")
        var numbers = [Int](repeating: 0, count: set.count)
        switch kind {
        case .equalWidth:
            for (row, score) in set.scores.enumerated() {
                numbers[row] = min(max(Int((score * Double(count)).rounded(.up)) - 1, 0), count - 1)
            }
        case .equalCount:
            let order = set.scores.indices.sorted { (set.scores[$0], $0) < (set.scores[$1], $1) }
            for (rank, row) in order.enumerated() { numbers[row] = rank * count / set.count }
        }
        var sums = [(count: Int, score: Double, right: Int)](repeating: (0, 0, 0), count: count)
        for (row, bin) in numbers.enumerated() {
            sums[bin].count += 1
            sums[bin].score += set.scores[row]
            sums[bin].right += set.outcomes[row] ? 1 : 0
        }
        bins = sums.filter { $0.count > 0 }.map {
            Bin(count: $0.count, meanScore: $0.score / Double($0.count), rightShare: Double($0.right) / Double($0.count))
        }
    }

    /// Expected calibration error: the mean over all rows of |mean score − share right| of their bins.
    ///
    /// It depends on the bins; ``CORPDecomposition`` has a measure that does not.
    public var expectedCalibrationError: Double {
        let total = bins.reduce(0) { $0 + $1.count }
        return bins.reduce(0) { $0 + Double($1.count) * abs($1.meanScore - $1.rightShare) } / Double(total)
    }
}
