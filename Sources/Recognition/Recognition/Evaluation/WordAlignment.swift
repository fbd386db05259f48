/// Which word was read for which: the pairs of a cheapest alignment (Levenshtein), in order.
public struct WordAlignment: Sendable, Equatable {
    /// A word that was said and the one that was read for it; nil for one that was missed, or that nobody said.
    public struct Pair: Sendable, Equatable {
        public var said: String?
        public var read: String?
        /// Index of the read word in the hypothesis.
        public var place: Int?
    }

    public let pairs: [Pair]

    public init(reference: [String], hypothesis: [String]) {
        let width = hypothesis.count + 1
        // cost[i · width + j]: of the first i words said and the first j read.
        var cost = [Int](repeating: 0, count: (reference.count + 1) * width)
        for j in 0..<width { cost[j] = j }
        for i in 1..<reference.count + 1 {
            cost[i * width] = i
            for j in 1..<width {
                let same = reference[i - 1] == hypothesis[j - 1] ? 0 : 1
                cost[i * width + j] = min(
                    cost[(i - 1) * width + j - 1] + same, cost[(i - 1) * width + j] + 1, cost[i * width + j - 1] + 1)
            }
        }
        var pairs: [Pair] = []
        var (i, j) = (reference.count, hypothesis.count)
        while i > 0 || j > 0 {
            let own = cost[i * width + j]
            if i > 0, j > 0,
                own == cost[(i - 1) * width + j - 1] + (reference[i - 1] == hypothesis[j - 1] ? 0 : 1)
            {
                (i, j) = (i - 1, j - 1)
                pairs.append(Pair(said: reference[i], read: hypothesis[j], place: j))
            } else if i > 0, own == cost[(i - 1) * width + j] + 1 {
                i -= 1
                pairs.append(Pair(said: reference[i], read: nil, place: nil))
            } else {
                j -= 1
                pairs.append(Pair(said: nil, read: hypothesis[j], place: j))
            }
        }
        self.pairs = pairs.reversed()
    }
}
