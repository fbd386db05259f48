/// Where the parts of a language model lie in its bytes, in memory as in a file. All numbers are little-endian.
///
/// Nodes are numbered from the root (0) through all 1-grams, 2-grams and so on; those of one order lie sorted by their units, so the
/// children of a node (n-grams one unit longer) are neighbours.
///
/// | bytes | what |
/// |---|---|
/// | 0 | `LARMORLM` |
/// | 8 | version, 1 |
/// | 12 | order, 1...9 |
/// | 16 | kind of units: 0 unknown, 1 characters, 2 words |
/// | 20 | CRC-32C of all other bytes |
/// | 24, 32, 40 | 64 bits each: length of the file, bytes of names, number of text hashes |
/// | 48 | number of n-grams of the orders 1...9, 32 bits each |
/// | 84 | zeros |
/// | 128 | logarithms of probabilities (all nodes), back-offs (nodes below the highest order): 64-bit numbers |
/// | then | text hashes, 64 bits each, ascending |
/// | then | last unit (all nodes), first child (nodes below the highest order, and an end), suffix (all nodes): 32 bits each |
/// | then | ends of the names from their start, with a 0 before (32 bits each); the names, UTF-8; zeros up to a multiple of 8 |
struct ModelLayout {
    static let magic = Array("LARMORLM".utf8)
    static let version: UInt32 = 1
    static let headBytes = 128

    let order: Int
    /// Of the orders 1 ... `order`.
    let counts: [Int]
    let nameBytes: Int
    let hashCount: Int
    /// First node of each order, 0 ... `order` + 1.
    let levelStart: [Int]
    let logProbabilities: Int
    let backOffs: Int
    let hashes: Int
    let words: Int
    let firstChildren: Int
    let suffixes: Int
    let nameEnds: Int
    let names: Int
    let length: Int

    var nodes: Int { levelStart[order + 1] }
    /// Nodes that may have children.
    var inner: Int { levelStart[order] }

    /// - Returns: nil for more nodes or bytes than can be numbered.
    init?(counts: [Int], nameBytes: Int, hashCount: Int) {
        guard (1...9).contains(counts.count), counts.allSatisfy({ (0..<1 << 31).contains($0) }),
            (0..<1 << 32).contains(nameBytes), (0..<1 << 32).contains(hashCount)
        else { return nil }
        order = counts.count
        self.counts = counts
        self.nameBytes = nameBytes
        self.hashCount = hashCount
        var starts = [0, 1]
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        levelStart = starts
        let (nodes, inner) = (starts[counts.count + 1], starts[counts.count])
        guard nodes < 1 << 31 else { return nil }
        logProbabilities = Self.headBytes
        backOffs = logProbabilities + 8 * nodes
        hashes = backOffs + 8 * inner
        words = hashes + 8 * hashCount
        firstChildren = words + 4 * nodes
        suffixes = firstChildren + 4 * (inner + 1)
        nameEnds = suffixes + 4 * nodes
        names = nameEnds + 4 * (counts[0] + 1)
        length = (names + nameBytes + 7) / 8 * 8
    }
}
