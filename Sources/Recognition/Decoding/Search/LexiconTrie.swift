/// Words as a tree of units: nodes lie breadth first, so that a node's children are neighbours, sorted by unit.
final class LexiconTrie: Sendable {
    /// Children of node n: `firstChild[n] ..< firstChild[n + 1]`.
    let firstChild: [Int32]
    /// Unit that leads to each node; the root's is 0.
    let unit: [Int32]
    /// The language model's number of the word that ends in each node; -1 for none.
    let word: [Int32]
    /// Best of the words that begin so; what stands for a word before it has ended.
    let best: [Float]

    /// - Parameter words: spelling, number and score of each; of two with the same spelling the first counts.
    init(_ words: [(spelling: [Int], number: UInt32, score: Float)]) {
        let order = words.indices.sorted {
            words[$0].spelling == words[$1].spelling
                ? $0 < $1 : words[$0].spelling.lexicographicallyPrecedes(words[$1].spelling)
        }
        // Each node with its words, which are neighbours in the order.
        var ranges = [0..<order.count]
        var (firstChild, units, numbers, best): ([Int32], [Int32], [Int32], [Float]) = ([], [0], [-1], [])
        var depths = [0]
        var node = 0
        while node < ranges.count {
            firstChild.append(Int32(ranges.count))
            let depth = depths[node]
            var start = ranges[node].lowerBound
            while start < ranges[node].upperBound, words[order[start]].spelling.count == depth { start += 1 }
            while start < ranges[node].upperBound {
                let unit = words[order[start]].spelling[depth]
                var end = start
                while end < ranges[node].upperBound, words[order[end]].spelling[depth] == unit { end += 1 }
                let first = words[order[start]]
                units.append(Int32(unit))
                numbers.append(first.spelling.count == depth + 1 ? Int32(first.number) : -1)
                ranges.append(start..<end)
                depths.append(depth + 1)
                start = end
            }
            best.append(order[ranges[node]].map { words[$0].score }.max() ?? 0)
            node += 1
        }
        firstChild.append(Int32(ranges.count))
        (self.firstChild, unit, word, self.best) = (firstChild, units, numbers, best)
    }

    /// -1 for none.
    @inline(__always) func child(of node: Int32, _ unit: Int32) -> Int32 {
        var low = firstChild[Int(node)]
        var high = firstChild[Int(node) + 1]
        while low < high {
            let middle = (low + high) / 2
            let found = self.unit[Int(middle)]
            if found == unit { return middle }
            if found < unit { low = middle + 1 } else { high = middle }
        }
        return -1
    }
}
