/// Prefix beam search over the log-softmax of a network trained with CTC, frame by frame.
///
/// A prefix is a text that may have been said so far; its probability is the sum over all alignments that spell it (Graves 2012,
/// Hannun 2014). After each frame the best prefixes are kept. Nothing depends on how the frames come, in which pieces or when; equal
/// scores have a fixed order. Its state is a value: a copy is a branch of the same stream. A frame allocates nothing once the tree of prefixes
/// has its size.
public struct PrefixBeamSearch: Sendable {
    /// A unit, and its frame on the likeliest alignment.
    public struct TimedUnit: Sendable, Equatable {
        public var unit: Int
        public var frame: Int

        public init(unit: Int, frame: Int) { (self.unit, self.frame) = (unit, frame) }
    }

    /// The best text so far.
    public struct Partial: Sendable, Equatable {
        public var units: [TimedUnit]
        /// How many of the first units no later frame can change.
        public var settled: Int
    }

    public let graph: DecodingGraph
    private var memory: SearchMemory

    public init(_ graph: DecodingGraph) {
        self.graph = graph
        memory = SearchMemory(beam: graph.options.beam, units: graph.units.count)
        memory.restart(graph)
    }

    /// Frames since the start.
    public var frame: Int { memory.frame }
    /// Prefixes in the tree: what the memory grows with.
    public var liveNodes: Int { memory.tree.live }

    /// Takes one frame.
    /// - Parameter values: natural logarithm of each unit's probability.
    /// - Throws: ``SearchError`` for a frame of another width, for values that are no log-probabilities, and for a frame in which nothing
    ///   is possible. The search then stands as before.
    public mutating func push(_ values: UnsafeBufferPointer<Float>) throws(SearchError) {
        guard values.count == graph.units.count else {
            throw SearchError(.width(expected: graph.units.count, found: values.count))
        }
        var largest = -Float.infinity
        for unit in 0..<values.count {
            // Rounding may leave a little above 0.
            guard values[unit] <= 1e-3 else {
                throw SearchError(.emission(frame: memory.frame, unit: unit, value: values[unit]))
            }
            largest = max(largest, values[unit])
        }
        guard largest > -1e9 else { throw SearchError(.impossible(frame: memory.frame)) }
        if !isKnownUniquelyReferenced(&memory) { memory = memory.copy() }
        memory.advance(values, graph)
    }

    /// Takes frames that lie one after another.
    public mutating func push(frames: [Float]) throws(SearchError) {
        let width = graph.units.count
        guard frames.count % width == 0 else { throw SearchError(.width(expected: width, found: frames.count % width)) }
        try frames.withUnsafeBufferPointer { values throws(SearchError) in
            for start in stride(from: 0, to: values.count, by: width) {
                try push(UnsafeBufferPointer(rebasing: values[start..<start + width]))
            }
        }
    }

    /// Starts again with the empty text.
    public mutating func reset() {
        if !isKnownUniquelyReferenced(&memory) { memory = SearchMemory(beam: memory.beam, units: memory.units) }
        memory.restart(graph)
    }

    /// The best text so far. Units that ``takeSettled()`` gave are not in it.
    public var partial: Partial {
        let path = memory.path(to: memory.nodes[0])
        return Partial(units: memory.stable + path, settled: memory.stable.count + min(path.count, memory.settledUnits()))
    }

    /// Number of units that are settled; they are cheap to ask for.
    public var settledCount: Int { memory.stable.count }

    /// Gives the units that no later frame can change, each once. Who decodes for hours takes them now and then.
    public mutating func takeSettled() -> [TimedUnit] {
        if !isKnownUniquelyReferenced(&memory) { memory = memory.copy() }
        defer { memory.stable.removeAll(keepingCapacity: true) }
        return memory.stable
    }

    /// The best texts, if the sound ended here, the best first. Texts that differ by separators at their ends are one.
    ///
    /// With a lexicon, texts that end inside of a word are there only when no other is.
    /// - Parameter limit: at most so many.
    public func hypotheses(limit: Int = 1) -> [Hypothesis] {
        var found: [(text: Hypothesis, isComplete: Bool)] = []
        for slot in 0..<memory.count {
            let node = memory.tree.nodes[Int(memory.nodes[slot])]
            let end = graph.ended(node)
            let score = memory.offset + Double(memory.totals[slot]) + Double(end.change)
            let units = (memory.stable + memory.path(to: memory.nodes[slot]))
            found.append(
                (
                    Hypothesis(
                        units: trimmed(units), score: score, acoustic: score - node.changes - Double(end.change),
                        language: node.language + Double(end.language)),
                    end.isComplete
                ))
        }
        if found.contains(where: { $0.isComplete }) { found.removeAll { !$0.isComplete } }
        found.sort { a, b in
            a.text.score != b.text.score
                ? a.text.score > b.text.score
                : a.text.units.lazy.map(\.unit).lexicographicallyPrecedes(b.text.units.lazy.map(\.unit))
        }
        var result: [Hypothesis] = []
        var places: [[Int]: Int] = [:]
        for (text, _) in found {
            if let place = places[text.units.map(\.unit)] {
                result[place].merge(text)
            } else {
                places[text.units.map(\.unit)] = result.count
                result.append(text)
            }
        }
        return Array(result.sorted { $0.score > $1.score }.prefix(limit))
    }

    private func trimmed(_ units: [TimedUnit]) -> [TimedUnit] {
        guard let separator = graph.units.separator, let last = units.lastIndex(where: { $0.unit != separator }) else {
            return graph.units.separator == nil ? units : []
        }
        return Array(units[units.prefix { $0.unit == separator }.count...last])
    }
}
