/// Scores with their outcomes and what is known of them besides: which utterance and which part of the data each belongs to, and where
/// they come from.
///
/// A file format has a reader that makes one, as `ScoreTable+CSV` does; assessments, certificates, thresholds and pictures do not know
/// formats.
public struct ScoreTable: Sendable {
    /// Which columns are read.
    public struct Columns: Sendable, Equatable {
        /// Probabilities between 0 and 1.
        public var score = "x"
        /// 1 or 0, true or false: whether the event came true.
        public var outcome = "y"
        /// Names of what belongs together (the utterance), any text; nil takes the first of ``commonClusters`` that is there.
        public var cluster: String?
        /// Names of parts of the data (fit, report), any text; nil for none.
        public var split: String?

        /// Names under which clusters are looked for.
        public static let commonClusters = ["utterance", "cluster"]
        /// Name of the column that says which model made the scores.
        public static let model = "model_sha256"

        public init(score: String = "x", outcome: String = "y", cluster: String? = nil, split: String? = nil) {
            (self.score, self.outcome, self.cluster, self.split) = (score, outcome, cluster, split)
        }
    }

    /// The rows.
    public let set: ScoreSet
    /// The columns that were read, with the cluster's name where one was found.
    public let columns: Columns
    /// Of each cluster number in ``set``; empty when rows are independent.
    public let clusterNames: [String]
    /// Of each row, where a column was named, shape `[rows]`.
    public let splits: [String]?
    /// Scores that were moved off 0 or 1.
    public let clipped: Int
    /// SHA-256 of the file's bytes, hexadecimal.
    public let sha256: String
    /// Of the model that made the scores, where the file says it in a column ``Columns/model``.
    public let modelSHA256: String?

    /// Another reader's rows.
    /// - Parameters:
    ///   - set: the rows; the numbers of their clusters are places in `clusterNames`.
    ///   - columns: names of what was read, which a certificate keeps.
    ///   - clusterNames: of each cluster, shape `[clusters]`.
    ///   - splits: of each row, shape `[rows]`; nil for none.
    ///   - clipped: scores that were moved off 0 or 1.
    ///   - sha256: of the bytes that were read, hexadecimal: a certificate knows its own data by it.
    ///   - modelSHA256: of the model that made the scores; nil where nobody knows.
    /// - Throws: ``ConfidenceError`` when there are not as many names or parts as there must be.
    public init(
        _ set: ScoreSet, columns: Columns = Columns(), clusterNames: [String] = [], splits: [String]? = nil, clipped: Int = 0,
        sha256: String, modelSHA256: String? = nil
    ) throws(ConfidenceError) {
        guard clusterNames.count == set.clusterCount else {
            throw ConfidenceError(.shape(name: "cluster names", expected: set.clusterCount, found: clusterNames.count))
        }
        if let splits, splits.count != set.count {
            throw ConfidenceError(.shape(name: "splits", expected: set.count, found: splits.count))
        }
        (self.set, self.columns, self.clusterNames) = (set, columns, clusterNames)
        (self.splits, self.clipped, self.sha256) = (splits, clipped, sha256)
        self.modelSHA256 = modelSHA256
    }

    /// The name of each row's cluster; the row's number where rows are independent.
    public var rowClusters: [String] {
        self.set.clusters.map { $0.map { clusterNames[$0] } } ?? (0..<self.set.count).map(String.init)
    }
}
