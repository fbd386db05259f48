import Signals

/// Two parts of a set, by whole clusters: one to fit on, the other to report on. No cluster is in both.
public struct ClusterSplit: Sendable {
    /// Rows of the set, growing.
    public let fit: [Int]
    /// Rows of the other part.
    public let report: [Int]

    /// Each cluster's place in the shuffled order depends on its name and the seed alone, so rows may come in any order.
    /// - Parameters:
    ///   - names: of each row's cluster, shape `[rows]`.
    ///   - share: part of the clusters to fit on, between 0 and 1; each part has at least one cluster.
    ///   - seed: the same seed gives the same parts.
    /// - Throws: ``ConfidenceError`` when there are fewer than two clusters.
    public init(names: [String], share: Double = 0.5, seed: UInt64 = 1) throws(ConfidenceError) {
        guard share > 0, share < 1 else {
            throw ConfidenceError(.outOfRange(name: "the share to fit on", value: share, expected: "a number between 0 and 1"))
        }
        let distinct = Set(names)
        guard distinct.count >= 2 else { throw ConfidenceError(.tooFewClusters(found: distinct.count, least: 2)) }
        let order = distinct.map { (key: Self.key($0, seed), name: $0) }
            .sorted { ($0.key, $0.name) < ($1.key, $1.name) }
        let count = min(max(Int((Double(order.count) * share).rounded()), 1), order.count - 1)
        let chosen = Set(order.prefix(count).map(\.name))
        fit = names.indices.filter { chosen.contains(names[$0]) }
        report = names.indices.filter { !chosen.contains(names[$0]) }
    }

    /// FNV-1a over the name's bytes, mixed with the seed: the same on every machine.
    private static func key(_ name: String, _ seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var random = SplitMix64(seed: hash ^ (seed &* 0x9E37_79B9_7F4A_7C15))
        return random.next()
    }
}
