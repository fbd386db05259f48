import Glibc

/// The limit of the largest log-likelihood of LLO maps where none attains it.
enum LikelihoodLimit {
    /// - Parameters:
    ///   - scores: shape `[rows]`, at least one.
    ///   - outcomes: shape `[rows]`; all are equal, or all scores are, or a threshold tells right from wrong, with or without rows of
    ///     both outcomes at the threshold itself.
    /// - Returns: the sum over the rows at the threshold, where the map says their base rate; all other rows are told exactly.
    static func value(_ scores: [Double], _ outcomes: [Bool]) -> Double {
        let right = scores.indices.filter { outcomes[$0] }.map { scores[$0] }
        let wrong = scores.indices.filter { !outcomes[$0] }.map { scores[$0] }
        guard let rightLow = right.min(), let rightHigh = right.max(), let wrongLow = wrong.min(), let wrongHigh = wrong.max()
        else { return 0 }
        let threshold: Double
        if wrongHigh == rightLow {
            threshold = rightLow
        } else if rightHigh == wrongLow {
            threshold = rightHigh
        } else {
            return 0
        }
        let r = Double(right.count { $0 == threshold })
        let w = Double(wrong.count { $0 == threshold })
        return r * log(r / (r + w)) + w * log(w / (r + w))
    }
}
