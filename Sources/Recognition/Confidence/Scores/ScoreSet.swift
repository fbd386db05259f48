/// Scores of events, whether each event came true, and which of them belong together: what calibration eats.
public struct ScoreSet: Sendable {
    /// Probabilities strictly between 0 and 1, shape `[rows]`.
    public let scores: [Double]
    /// Whether the event came true (the word was right), shape `[rows]`.
    public let outcomes: [Bool]
    /// Number of the cluster (the utterance) of each row, 0 ..< ``clusterCount``; nil when rows are independent.
    public let clusters: [Int]?
    /// Number of clusters; 0 when rows are independent.
    public let clusterCount: Int

    /// Number of rows.
    public var count: Int { scores.count }
    /// Events that came true.
    public var rightCount: Int { outcomes.count { $0 } }
    /// Share of events that came true.
    public var baseRate: Double { count == 0 ? 0 : Double(rightCount) / Double(count) }

    /// - Parameters:
    ///   - scores: probabilities strictly between 0 and 1: at 0 and 1 log odds are infinite, and so is the loss of one mistake.
    ///   - outcomes: whether the event came true, shape `[rows]`.
    ///   - clusters: any numbers; equal ones belong together.
    /// - Throws: ``ConfidenceError`` with the first row that is wrong, counted from 1.
    public init(scores: [Double], outcomes: [Bool], clusters: [Int]? = nil) throws(ConfidenceError) {
        guard scores.count == outcomes.count else {
            throw ConfidenceError(.shape(name: "outcomes", expected: scores.count, found: outcomes.count))
        }
        guard !scores.isEmpty else { throw ConfidenceError(.noRows) }
        if let wrong = scores.firstIndex(where: { !($0 > 0 && $0 < 1) }) {
            throw ConfidenceError(
                .value(
                    line: nil, column: "score \(wrong + 1)", expected: "a probability strictly between 0 and 1",
                    found: "\(scores[wrong])"))
        }
        if let clusters, clusters.count != scores.count {
            throw ConfidenceError(.shape(name: "clusters", expected: scores.count, found: clusters.count))
        }
        self.scores = scores
        self.outcomes = outcomes
        (self.clusters, clusterCount) = Self.numbered(clusters)
    }

    /// Values that were checked before.
    private init(checked scores: [Double], _ outcomes: [Bool], _ clusters: [Int]?) {
        self.scores = scores
        self.outcomes = outcomes
        (self.clusters, clusterCount) = Self.numbered(clusters)
    }

    /// Clusters in the order in which they first appear.
    private static func numbered(_ clusters: [Int]?) -> ([Int]?, Int) {
        guard let clusters else { return (nil, 0) }
        if clusters.allSatisfy({ $0 >= 0 && $0 < 4 * clusters.count }) {
            // Small numbers need no hashing.
            var places = [Int](repeating: -1, count: 4 * clusters.count)
            var count = 0
            let numbered = clusters.map { name in
                if places[name] < 0 {
                    places[name] = count
                    count += 1
                }
                return places[name]
            }
            return (numbered, count)
        }
        var numbers: [Int: Int] = [:]
        let numbered = clusters.map { name in
            if let number = numbers[name] { return number }
            numbers[name] = numbers.count
            return numbers.count - 1
        }
        return (numbered, numbers.count)
    }

    /// These rows, in this order; a row may come more than once.
    /// - Precondition: at least one, each below ``count``.
    public func rows(_ chosen: [Int], clusters new: [Int]? = nil) -> ScoreSet {
        precondition(!chosen.isEmpty, "a set of scores has rows")
        return ScoreSet(
            checked: chosen.map { scores[$0] }, chosen.map { outcomes[$0] },
            new ?? clusters.map { clusters in chosen.map { clusters[$0] } })
    }

    /// The same events with other scores, held within [2⁻⁵², 1 − 2⁻⁵²] as log odds need it.
    /// - Precondition: as many scores as rows, none of them NaN.
    public func rescored(_ new: [Double]) -> ScoreSet {
        precondition(new.count == count, "there is one score for each row")
        return ScoreSet(checked: new.map(Probability.held), outcomes, clusters)
    }

    /// The rows of each cluster; each row alone when rows are independent.
    public var rowsByCluster: [[Int]] {
        guard let clusters else { return (0..<count).map { [$0] } }
        var rows = [[Int]](repeating: [], count: clusterCount)
        for (row, cluster) in clusters.enumerated() { rows[cluster].append(row) }
        return rows
    }
}
