/// How often each n-gram of a text occurs.
struct NGramCounts {
    let trie: NGramTrie
    /// Of each node of the trie; the root's is 0.
    let counts: [Int]
    /// Names of all units, the markers first, the others sorted by their bytes.
    let names: [[UInt8]]

    /// - Parameter sentences: units of each; empty ones are left out.
    init(_ sentences: [[String]], order: Int) throws(LanguageModelError) {
        let (text, names) = try Self.numbered(sentences)
        guard !text.isEmpty else { throw LanguageModelError("language model", .noText) }
        self.names = names
        let end = LanguageModel.sentenceEnd
        // All n-grams lie sorted when their places in the text are sorted by what follows there.
        var places = (0..<text.count).map { Int32($0) }
        text.withUnsafeBufferPointer { text in
            places.sort { a, b in
                for k in 0..<order {
                    let (x, y) = (text[Int(a) + k], text[Int(b) + k])
                    if x != y { return x < y }
                    if x == end { return false }
                }
                return false
            }
        }
        var levels = [[UInt32]](repeating: [], count: order)
        var parents = levels
        var counts = [[Int]](repeating: [], count: order)
        levels[0] = (0..<UInt32(names.count)).map { $0 }
        parents[0] = levels[0].map { _ in 0 }
        counts[0] = levels[0].map { _ in 0 }
        var before: Int?
        for place in places.lazy.map({ Int($0) }) {
            var shared = before == nil ? 0 : order
            var depth = 0
            while depth < order {
                let unit = text[place + depth]
                if let other = before, depth < shared, text[other + depth] != unit { shared = depth }
                if depth == 0 {
                    counts[0][Int(unit)] += 1
                } else if depth < shared {
                    counts[depth][counts[depth].count - 1] += 1
                } else {
                    levels[depth].append(unit)
                    parents[depth].append(depth == 1 ? text[place] : UInt32(levels[depth - 1].count - 1))
                    counts[depth].append(1)
                }
                depth += 1
                if unit == end { break }
            }
            before = place
        }
        trie = NGramTrie(levels: levels, parents: parents)
        self.counts = [0] + counts.joined()
    }

    /// The text as numbers, each sentence between its markers.
    private static func numbered(_ sentences: [[String]]) throws(LanguageModelError) -> ([UInt32], [[UInt8]]) {
        var first: [[UInt8]: Int] = [:]
        var tokens: [Int] = []
        for sentence in sentences where !sentence.isEmpty {
            for name in sentence {
                guard !LanguageModel.markers.contains(name), !name.isEmpty, !name.contains(where: \.isWhitespace),
                    !name.utf8.contains(0)
                else {
                    throw LanguageModelError(
                        "language model",
                        .parameter("the unit “\(name.prefix(40))” cannot be counted; expected neither white space nor a marker")
                    )
                }
                let number = first[Array(name.utf8), default: first.count]
                first[Array(name.utf8)] = number
                tokens.append(number)
            }
            tokens.append(-1)
        }
        guard tokens.count < 1 << 29 else {
            throw LanguageModelError("language model", .parameter("the text has 2²⁹ units or more; count a part of it"))
        }
        let sorted = first.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var numbers = [UInt32](repeating: 0, count: sorted.count)
        for (place, entry) in sorted.enumerated() { numbers[entry.value] = UInt32(place + 3) }
        var text: [UInt32] = []
        text.reserveCapacity(tokens.count + 2 * sentences.count)
        var isStart = true
        for token in tokens {
            if isStart { text.append(LanguageModel.sentenceStart) }
            text.append(token < 0 ? LanguageModel.sentenceEnd : numbers[token])
            isStart = token < 0
        }
        return (text, LanguageModel.markers.map { Array($0.utf8) } + sorted.map(\.key))
    }
}
