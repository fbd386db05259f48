/// The area under the receiver operating characteristic (AUC): the probability that a right event has a higher score than a wrong
/// one, equal scores counting half. Maps that keep the order do not change it.
public enum RankingArea {
    /// - Returns: 0 … 1; nil when all outcomes are equal.
    /// - Complexity: O(rows · log rows).
    public static func of(_ set: ScoreSet) -> Double? {
        let right = set.rightCount
        let wrong = set.count - right
        guard right > 0, wrong > 0 else { return nil }
        let order = set.scores.indices.sorted { set.scores[$0] < set.scores[$1] }
        var doubled = 0
        var wrongBelow = 0
        var place = 0
        while place < order.count {
            let score = set.scores[order[place]]
            var (rights, wrongs) = (0, 0)
            while place < order.count, set.scores[order[place]] == score {
                if set.outcomes[order[place]] { rights += 1 } else { wrongs += 1 }
                place += 1
            }
            doubled += rights * (2 * wrongBelow + wrongs)
            wrongBelow += wrongs
        }
        return Double(doubled) / (2 * Double(right) * Double(wrong))
    }
}
