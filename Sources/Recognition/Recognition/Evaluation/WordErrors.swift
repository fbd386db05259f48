/// Differences between what was said and what was read: the fewest substitutions, deletions and insertions (Levenshtein).
public struct WordErrors: Sendable, Equatable {
    /// Words that were read as others.
    public var substitutions = 0
    /// Words that were missed.
    public var deletions = 0
    /// Words that nobody said.
    public var insertions = 0
    /// Number of words that were said.
    public var reference = 0
    /// Number of words that were read.
    public var hypothesis = 0

    /// - Parameters:
    ///   - reference: what was said, word by word (or character by character).
    ///   - hypothesis: what was read.
    public init<Text: Collection>(reference: Text, hypothesis: Text) where Text.Element: Equatable {
        self.reference = reference.count
        self.hypothesis = hypothesis.count
        var row = (0...hypothesis.count).map { Cell(cost: $0, insertions: $0) }
        for (i, said) in reference.enumerated() {
            var diagonal = row[0]
            row[0] = Cell(cost: i + 1, deletions: i + 1)
            for (j, read) in hypothesis.enumerated() {
                var best = diagonal
                if said != read {
                    best.cost += 1
                    best.substitutions += 1
                }
                var deleted = row[j + 1]
                deleted.cost += 1
                deleted.deletions += 1
                if deleted.cost < best.cost { best = deleted }
                var inserted = row[j]
                inserted.cost += 1
                inserted.insertions += 1
                if inserted.cost < best.cost { best = inserted }
                diagonal = row[j + 1]
                row[j + 1] = best
            }
        }
        let last = row[hypothesis.count]
        substitutions = last.substitutions
        deletions = last.deletions
        insertions = last.insertions
    }

    /// Cost, then its parts; equal costs prefer a substitution, then a deletion.
    private struct Cell { var cost = 0, substitutions = 0, deletions = 0, insertions = 0 }

    /// No words at all.
    public init() {}

    public static func + (a: WordErrors, b: WordErrors) -> WordErrors {
        var sum = WordErrors()
        sum.substitutions = a.substitutions + b.substitutions
        sum.deletions = a.deletions + b.deletions
        sum.insertions = a.insertions + b.insertions
        sum.reference = a.reference + b.reference
        sum.hypothesis = a.hypothesis + b.hypothesis
        return sum
    }

    /// S + D + I.
    public var count: Int { substitutions + deletions + insertions }

    /// (S + D + I) / N; 0 for an empty reference that was read as nothing.
    public var rate: Double {
        reference == 0 ? Double(insertions) : Double(substitutions + deletions + insertions) / Double(reference)
    }
}
