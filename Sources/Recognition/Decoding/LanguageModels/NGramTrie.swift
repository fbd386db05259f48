/// Which n-grams there are: nodes in the order of ``ModelLayout``, and how they hang together.
struct NGramTrie {
    let order: Int
    /// Number of n-grams of each order, from 1.
    let counts: [Int]
    /// First node of each order, 0 ... `order` + 1.
    let levelStart: [Int]
    /// Last unit of each node; the root's is 0.
    let words: [UInt32]
    let parents: [UInt32]
    let firstChildren: [UInt32]
    /// Node of the longest shorter end of the n-gram that is there.
    private(set) var suffixes: [UInt32]

    /// - Parameters:
    ///   - levels: for each order, the last units of all n-grams, sorted; the first has every unit once.
    ///   - parents: places of their beginnings in the level before; all 0 in the first.
    init(levels: [[UInt32]], parents parentPlaces: [[UInt32]]) {
        order = levels.count
        counts = levels.map(\.count)
        var starts = [0, 1]
        for level in levels { starts.append(starts[starts.count - 1] + level.count) }
        levelStart = starts
        words = [0] + levels.joined()
        var parents: [UInt32] = [0]
        parents.reserveCapacity(words.count)
        for (level, places) in parentPlaces.enumerated() {
            let start = UInt32(starts[level])
            for place in places { parents.append(start + place) }
        }
        let inner = starts[order]
        var children = [UInt32](repeating: 0, count: inner + 1)
        var node = 1
        for parent in 0..<inner {
            children[parent] = UInt32(node)
            while node < parents.count, parents[node] == UInt32(parent) { node += 1 }
        }
        children[inner] = UInt32(node)
        self.parents = parents
        firstChildren = children
        suffixes = [UInt32](repeating: 0, count: words.count)
        for node in min(starts[2], words.count)..<words.count {
            var context = suffixes[Int(parents[node])]
            while true {
                if let found = child(of: context, words[node]) {
                    suffixes[node] = found
                    break
                }
                context = suffixes[Int(context)]
            }
        }
    }

    /// Node of `node`'s units and one more.
    func child(of node: UInt32, _ unit: UInt32) -> UInt32? {
        if node == 0 { return unit + 1 }
        var (low, high) = (firstChildren[Int(node)], firstChildren[Int(node) + 1])
        while low < high {
            let middle = (low + high) / 2
            let found = words[Int(middle)]
            if found == unit { return middle }
            if found < unit { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}

extension LanguageModel {
    /// - Parameters:
    ///   - names: of all units, the markers first, the others sorted by their bytes.
    ///   - hashes: of the texts, ascending.
    convenience init(
        _ trie: NGramTrie, logProbabilities: [Double], backOffs: [Double], names: [[UInt8]], kind: UnitKind, hashes: [UInt64]
    ) {
        let nameBytes = names.reduce(0) { $0 + $1.count }
        guard let layout = ModelLayout(counts: trie.counts, nameBytes: nameBytes, hashCount: hashes.count) else {
            preconditionFailure("the caller has made sure that the n-grams can be numbered")
        }
        let storage = ModelBytes(count: layout.length) { memory in
            func put<Number: FixedWidthInteger>(_ numbers: [Number], at offset: Int) {
                numbers.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: memory[offset...]).copyMemory(from: $0) }
            }
            put(ModelLayout.magic, at: 0)
            put([ModelLayout.version, UInt32(layout.order), kind.rawValue, 0], at: 8)
            put([UInt64(layout.length), UInt64(nameBytes), UInt64(hashes.count)], at: 24)
            put(trie.counts.map { UInt32($0) }, at: 48)
            put(logProbabilities.map(\.bitPattern), at: layout.logProbabilities)
            put(backOffs[..<layout.inner].map(\.bitPattern), at: layout.backOffs)
            put(hashes, at: layout.hashes)
            put(trie.words, at: layout.words)
            put(trie.firstChildren, at: layout.firstChildren)
            put(trie.suffixes, at: layout.suffixes)
            var ends: [UInt32] = [0]
            for name in names { ends.append(ends[ends.count - 1] + UInt32(name.count)) }
            put(ends, at: layout.nameEnds)
            put(Array(names.joined()), at: layout.names)
            put([Self.checksum(UnsafeRawBufferPointer(memory))], at: 20)
        }
        self.init(storage, layout, kind)
    }
}
