public import Signals

/// What words were taken for.
public struct WordAnswers: Sendable, Equatable {
    public struct Count: Sendable, Equatable, Codable {
        public var words: Int
        public var errors: Int

        public init(words: Int, errors: Int) { (self.words, self.errors) = (words, errors) }

        /// Share that is right.
        public var accuracy: Double { words > 0 ? 1 - Double(errors) / Double(words) : .nan }
        public var interval: ShareInterval { ShareInterval(words - errors, of: words) }
    }

    public var all: Count
    /// Of the words of the test split alone; as ``all`` unless a whole speaker was judged.
    public var testSplit: Count
    public var speakers: [String: Count]
    /// How often each word (row) was taken for each (column).
    public var confusions: [[Int]]
    public var lambda: Double
    /// Columns that the readout sees.
    public var features: Int
    /// By which λ was chosen; nil for generalised cross-validation.
    public var validation: Count?

    init(
        words: [SpokenWord], named: [Int], labels: Int, lambda: Double, features: Int, validation: Count?
    ) {
        func count(_ chosen: [Int]) -> Count {
            Count(words: chosen.count, errors: chosen.count { named[$0] != words[$0].label })
        }
        all = count(Array(words.indices))
        testSplit = count(words.indices.filter { words[$0].part == .test })
        speakers = Dictionary(grouping: words.indices) { words[$0].speaker }.mapValues(count)
        confusions = [[Int]](repeating: [Int](repeating: 0, count: labels), count: labels)
        for (word, name) in zip(words, named) { confusions[word.label][name] += 1 }
        (self.lambda, self.features, self.validation) = (lambda, features, validation)
    }
}
