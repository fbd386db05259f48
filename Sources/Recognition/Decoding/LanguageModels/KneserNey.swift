import Foundation

extension LanguageModel {
    /// Interpolated modified Kneser–Ney (Chen and Goodman 1999), as lmplz of KenLM counts: contexts that begin a sentence keep
    /// their counts, and unigrams are interpolated with the uniform distribution, from which `<unk>` has its probability.
    ///
    /// p(w | h) = (a(hw) − D(a(hw))) / Σ a(h·) + γ(h) p(w | h′), where h′ is h without its oldest unit, a counts different units
    /// before an n-gram (in the highest order how often it occurs), and γ(h) is what the discounts D took away.
    /// Where an order has too few n-grams for discounts of its own, they are 0.5, 1 and 1.5.
    /// - Parameters:
    ///   - sentences: units of each; empty ones are left out.
    ///   - hashes: of their texts, ascending.
    /// - Throws: ``LanguageModelError`` for an order outside 1...9, for no text, and for units that no file could hold.
    convenience init(sentences: [[String]], order: Int, kind: UnitKind, hashes: [UInt64]) throws(LanguageModelError) {
        guard Self.orders.contains(order) else {
            throw LanguageModelError("language model", .parameter("the order is \(order); expected 1 to 9"))
        }
        let counted = try NGramCounts(sentences, order: order)
        let trie = counted.trie
        let adjusted = Self.adjusted(counted.counts, trie)
        var totals = [Double](repeating: 0, count: trie.levelStart[order])
        var discounted = totals
        var discounts: [[Double]] = []
        for level in 1...order {
            let nodes = trie.levelStart[level]..<trie.levelStart[level + 1]
            let own = Self.discounts(adjusted[nodes])
            discounts.append(own)
            for node in nodes {
                totals[Int(trie.parents[node])] += Double(adjusted[node])
                discounted[Int(trie.parents[node])] += own[min(adjusted[node], 3)]
            }
        }
        var probabilities = [Double](repeating: 1, count: trie.words.count)
        var weights = [Double](repeating: 1, count: trie.levelStart[order])
        for node in weights.indices where totals[node] > 0 { weights[node] = discounted[node] / totals[node] }
        for level in 1...order {
            for node in trie.levelStart[level]..<trie.levelStart[level + 1] {
                let context = Int(trie.parents[node])
                // The start of a sentence is never predicted.
                let lower = level == 1 ? 1 / Double(trie.counts[0] - 1) : probabilities[Int(trie.suffixes[node])]
                let kept = (Double(adjusted[node]) - discounts[level - 1][min(adjusted[node], 3)]) / totals[context]
                probabilities[node] = kept + weights[context] * lower
            }
        }
        var logarithms = probabilities.map { min(0, log10($0)) }
        logarithms[0] = 0
        logarithms[Int(Self.sentenceStart) + 1] = -99
        guard ModelLayout(counts: trie.counts, nameBytes: 0, hashCount: hashes.count) != nil else {
            throw LanguageModelError("language model", .parameter("2³¹ n-grams or more; lower the order"))
        }
        self.init(
            trie, logProbabilities: logarithms, backOffs: weights.map { log10($0) }, names: counted.names, kind: kind,
            hashes: hashes)
    }

    /// In how many contexts each n-gram was seen: by different units before it; at a sentence's start, and in the highest order,
    /// how often.
    private static func adjusted(_ counts: [Int], _ trie: NGramTrie) -> [Int] {
        let order = trie.order
        var result = counts
        var begins = [Bool](repeating: false, count: counts.count)
        let start = Int(sentenceStart) + 1
        begins[start] = true
        for node in trie.levelStart[1]..<counts.count {
            if trie.parents[node] != 0 { begins[node] = begins[Int(trie.parents[node])] }
            if node < trie.levelStart[order], !begins[node] { result[node] = 0 }
        }
        result[start] = 0
        for node in min(trie.levelStart[2], counts.count)..<counts.count {
            let suffix = Int(trie.suffixes[node])
            if suffix >= trie.levelStart[1], !begins[suffix] { result[suffix] += 1 }
        }
        return result
    }

    /// What is taken off the counts 0, 1, 2, and 3 or more.
    static func discounts(_ counts: some Sequence<Int>) -> [Double] {
        var seen = [0.0, 0, 0, 0, 0]
        for count in counts where (1...4).contains(count) { seen[count] += 1 }
        let fallback = [0, 0.5, 1, 1.5]
        guard seen[1...4].allSatisfy({ $0 > 0 }) else { return fallback }
        let ratio = seen[1] / (seen[1] + 2 * seen[2])
        let own = [0] + (1...3).map { Double($0) - Double($0 + 1) * ratio * seen[$0 + 1] / seen[$0] }
        return (1...3).allSatisfy { own[$0] > 0 && own[$0] <= Double($0) } ? own : fallback
    }
}
