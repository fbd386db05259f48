/// The known name with the smallest edit distance, when it is close enough to be meant.
package func nearestName(to name: String, in known: [String]) -> String? {
    let candidates = known.map { (editDistance(Array(name), Array($0)), $0) }.sorted {
        ($0.0, $0.1) < ($1.0, $1.1)
    }
    guard let best = candidates.first, best.0 <= max(2, name.count / 3) else { return nil }
    return best.1
}

/// Levenshtein's distance.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let substituted = diagonal + (x == y ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
