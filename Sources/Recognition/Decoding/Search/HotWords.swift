/// A word or phrase that is to be read rather than others, and how much rather.
public struct HotWord: Sendable, Equatable {
    public var text: String
    /// Natural logarithm, added once the phrase is complete; a part of it while it is being read.
    public var bonus: Float

    public init(_ text: String, bonus: Float) { (self.text, self.bonus) = (text, bonus) }
}

/// Follows all hot words at once (Aho and Corasick 1975); phrases begin and end with words only.
///
/// A state's potential is the share of the bonus for what has been read of a phrase; it is taken back when the text goes on otherwise.
final class HotWordAutomaton: Sendable {
    let units: Int
    /// State and change of the score for each state and unit.
    let next: [Int32]
    let change: [Float]
    /// Change when the text ends.
    let final: [Float]
    let largestChange: Float
    /// State at the start of a text.
    static let start: Int32 = 1

    /// - Throws: ``SearchError`` for a word that cannot be spelled, and for a bonus outside −100...100.
    init(_ hotWords: [HotWord], _ alphabet: EmissionUnits) throws(SearchError) {
        units = alphabet.count
        let separator = alphabet.separator
        // State 0 is inside of a word that no phrase begins with; without separators there is no such place.
        var children: [[Int: Int]] = [[:], [:]]
        var potential: [Float] = [0, 0]
        var ending: [Float] = [0, 0]
        var parent = [0, 0]
        var unitOf = [-1, -1]
        for hot in hotWords {
            guard abs(hot.bonus) <= 100 else {
                throw SearchError(.option("hot word “\(hot.text.prefix(40))”", expected: "−100 to 100", found: "\(hot.bonus)"))
            }
            guard let spelling = alphabet.spell(hot.text) else { throw SearchError(.unspellable(hot.text)) }
            var state = 1
            for (place, unit) in spelling.enumerated() {
                if let child = children[state][unit] {
                    state = child
                } else {
                    children[state][unit] = children.count
                    children.append([:])
                    potential.append(0)
                    ending.append(0)
                    parent.append(state)
                    unitOf.append(unit)
                    state = children.count - 1
                }
                let share = hot.bonus * Float(place + 1) / Float(spelling.count)
                if abs(share) > abs(potential[state]) { potential[state] = share }
            }
            if abs(hot.bonus) > abs(ending[state]) { ending[state] = hot.bonus }
        }
        guard children.count * units <= 1 << 24 else {
            throw SearchError(.option("hot words", expected: "fewer", found: "\(hotWords.count) with \(children.count) states"))
        }
        // What stays when the text goes on otherwise: phrases that ended before, inside of a longer one.
        var kept = [Float](repeating: 0, count: children.count)
        func larger(_ a: Float, _ b: Float) -> Float { abs(a) >= abs(b) ? a : b }
        for state in 2..<max(2, children.count) {
            let before = parent[state]
            let isWordEnd = separator == nil || unitOf[state] == separator
            kept[state] = isWordEnd ? larger(kept[before], ending[before]) : kept[before]
        }
        let count = children.count
        var next = [Int32](repeating: 0, count: count * units)
        var change = [Float](repeating: 0, count: count * units)
        var fallback = [Int](repeating: 0, count: count)
        // Breadth first, so that a fallback's own transitions are there.
        var queue = [0, 1]
        var place = 0
        while place < queue.count {
            let state = queue[place]
            place += 1
            for unit in 0..<units where unit != alphabet.blank {
                let isWordEnd = separator == nil || unit == separator
                if let child = children[state][unit] {
                    next[state * units + unit] = Int32(child)
                    change[state * units + unit] = potential[child] - potential[state]
                    fallback[child] = state == 1 ? (isWordEnd ? 1 : 0) : Int(next[fallback[state] * units + unit])
                    queue.append(child)
                } else {
                    let target: Int
                    if state == 0 || (state == 1 && separator != nil) {
                        target = isWordEnd ? 1 : 0
                    } else if state == 1 {
                        target = 1
                    } else {
                        target = Int(next[fallback[state] * units + unit])
                    }
                    let gained = isWordEnd ? larger(kept[state], ending[state]) : kept[state]
                    next[state * units + unit] = Int32(target)
                    change[state * units + unit] = gained + potential[target] - potential[state]
                }
            }
        }
        if separator == nil {
            // Each unit is a word: a phrase may begin anywhere, so that state 0 is the start.
            for unit in 0..<units {
                next[unit] = next[units + unit]
                change[unit] = change[units + unit]
            }
        }
        final = (0..<count).map { larger(kept[$0], ending[$0]) - potential[$0] }
        largestChange = max(0, change.max() ?? 0)
        (self.next, self.change) = (next, change)
    }
}
