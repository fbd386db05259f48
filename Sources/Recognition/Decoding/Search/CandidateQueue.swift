/// Prefixes that may be in the next beam; it keeps the best, and allocates nothing.
///
/// A candidate's key holds its score and, below, its place: keys have a total order, in which of equal scores the one that came first is
/// the better.
struct CandidateQueue {
    struct Candidate {
        /// Place of the prefix in the beam that it extends, and by which unit; -1 for the prefix itself.
        var slot: Int32
        var unit: Int32
        var extension_: DecodingGraph.Extension
    }

    private let beam: Int
    private let capacity: Int
    private let candidates: UnsafeMutablePointer<Candidate>
    private let keys: UnsafeMutablePointer<UInt64>
    private let places: UnsafeMutablePointer<UInt64>
    private(set) var count = 0
    /// A score below is not among the best, whatever comes.
    private(set) var bar = -Float.infinity

    init(beam: Int) {
        self.beam = beam
        capacity = 4 * beam + 64
        candidates = .allocate(capacity: capacity)
        keys = .allocate(capacity: capacity)
        places = .allocate(capacity: beam)
    }

    func deallocate() {
        candidates.deallocate()
        keys.deallocate()
        places.deallocate()
    }

    mutating func removeAll() { (count, bar) = (0, -.infinity) }

    mutating func raise(_ bar: Float) { if bar > self.bar { self.bar = bar } }

    @inline(__always) mutating func append(_ candidate: Candidate, _ score: Float) {
        candidates[count] = candidate
        keys[count] = Self.key(score, count)
        count += 1
        if count == capacity { shrink() }
    }

    @inline(__always) static func key(_ score: Float, _ place: Int) -> UInt64 {
        let bits = (score + 0).bitPattern
        let ordered = bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
        return UInt64(ordered) << 32 | UInt64(0xFFFF_FFFF - UInt32(place))
    }

    @inline(__always) static func score(_ key: UInt64) -> Float {
        let ordered = UInt32(truncatingIfNeeded: key >> 32)
        return Float(bitPattern: ordered >> 31 == 1 ? ordered & 0x7FFF_FFFF : ~ordered)
    }

    @inline(__always) private static func place(_ key: UInt64) -> Int { Int(0xFFFF_FFFF - UInt32(truncatingIfNeeded: key)) }

    private mutating func shrink() {
        Keys.selectLargest(beam, keys, count)
        var least = keys[0]
        for k in 0..<beam { least = min(least, keys[k]) }
        raise(Self.score(least))
        // In the order in which they came.
        for k in 0..<beam { places[k] = UInt64(UInt32(truncatingIfNeeded: keys[k])) << 32 | keys[k] >> 32 }
        Keys.sortDescending(places, beam)
        for k in 0..<beam {
            candidates[k] = candidates[Int(0xFFFF_FFFF - UInt32(truncatingIfNeeded: places[k] >> 32))]
            keys[k] = places[k] << 32 | UInt64(0xFFFF_FFFF - UInt32(k))
        }
        count = beam
    }

    /// Puts the best in order.
    /// - Returns: how many.
    mutating func sortBest() -> Int {
        let kept = min(beam, count)
        if count > beam { Keys.selectLargest(beam, keys, count) }
        Keys.sortDescending(keys, kept)
        return kept
    }

    /// After ``sortBest()``: the candidate of that rank, and its score.
    @inline(__always) func ranked(_ rank: Int) -> (Candidate, score: Float) {
        (candidates[Self.place(keys[rank])], Self.score(keys[rank]))
    }
}

/// Order among different 64-bit keys.
enum Keys {
    /// Brings the `wanted` largest to the front, in any order.
    static func selectLargest(_ wanted: Int, _ keys: UnsafeMutablePointer<UInt64>, _ count: Int) {
        var (low, high) = (0, count - 1)
        while low < high {
            let place = partition(keys, low, high)
            if place == wanted || place == wanted - 1 { return }
            if place < wanted { low = place + 1 } else { high = place - 1 }
        }
    }

    static func sortDescending(_ keys: UnsafeMutablePointer<UInt64>, _ count: Int) { sort(keys, 0, count - 1) }

    private static func sort(_ keys: UnsafeMutablePointer<UInt64>, _ first: Int, _ last: Int) {
        var (low, high) = (first, last)
        while high - low > 12 {
            let place = partition(keys, low, high)
            // The smaller part first, so that the depth is bounded.
            if place - low < high - place {
                sort(keys, low, place - 1)
                low = place + 1
            } else {
                sort(keys, place + 1, high)
                high = place - 1
            }
        }
        guard low < high else { return }
        for k in low + 1...high {
            let key = keys[k]
            var place = k
            while place > low, keys[place - 1] < key {
                keys[place] = keys[place - 1]
                place -= 1
            }
            keys[place] = key
        }
    }

    /// Splits at the median of three.
    /// - Returns: its place; larger ones are before it.
    private static func partition(_ keys: UnsafeMutablePointer<UInt64>, _ low: Int, _ high: Int) -> Int {
        let middle = (low + high) / 2
        func swap(_ a: Int, _ b: Int) { (keys[a], keys[b]) = (keys[b], keys[a]) }
        if keys[middle] > keys[low] { swap(middle, low) }
        if keys[high] > keys[low] { swap(high, low) }
        if keys[high] > keys[middle] { swap(high, middle) }
        swap(middle, high)
        let pivot = keys[high]
        var place = low
        for k in low..<high where keys[k] > pivot {
            if k != place { swap(k, place) }
            place += 1
        }
        swap(place, high)
        return place
    }
}
