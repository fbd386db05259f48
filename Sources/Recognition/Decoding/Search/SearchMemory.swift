/// State of a search: its beam, its tree of prefixes, and room for one frame's work.
///
/// `@unchecked Sendable` because it belongs to one ``PrefixBeamSearch``, which copies it before it changes one that another has, too.
final class SearchMemory: @unchecked Sendable {
    let beam: Int
    let units: Int
    var tree: SearchTree
    var root: Int32 = 0
    /// Prefixes in the beam, the best first.
    var count = 0
    let nodes: UnsafeMutablePointer<Int32>
    /// Scores below the best: of alignments that end with a blank, with the last unit, of all.
    let blankScores: UnsafeMutablePointer<Float>
    let unitScores: UnsafeMutablePointer<Float>
    let totals: UnsafeMutablePointer<Float>
    /// The same after this frame, for prefixes that stay, and frames of their last units.
    let newBlankScores: UnsafeMutablePointer<Float>
    let newUnitScores: UnsafeMutablePointer<Float>
    let newTimes: UnsafeMutablePointer<Int>
    let newNodes: UnsafeMutablePointer<Int32>
    /// Whether a prefix in the beam and a unit are another prefix in the beam.
    let isInBeam: UnsafeMutablePointer<Bool>
    /// The frame's values, the blank's with its penalty, and its likelier units, the likeliest first.
    let scores: UnsafeMutablePointer<Float>
    let activeKeys: UnsafeMutablePointer<UInt64>
    let activeUnits: UnsafeMutablePointer<Int32>
    var candidates: CandidateQueue
    /// The best prefix's score.
    var offset = 0.0
    var frame = 0
    var stable: [PrefixBeamSearch.TimedUnit] = []

    init(beam: Int, units: Int) {
        (self.beam, self.units) = (beam, units)
        tree = SearchTree(capacity: 8 * beam + 64)
        nodes = .allocate(capacity: beam)
        blankScores = .allocate(capacity: beam)
        unitScores = .allocate(capacity: beam)
        totals = .allocate(capacity: beam)
        newBlankScores = .allocate(capacity: beam)
        newUnitScores = .allocate(capacity: beam)
        newTimes = .allocate(capacity: beam)
        newNodes = .allocate(capacity: beam)
        isInBeam = .allocate(capacity: beam * units)
        isInBeam.initialize(repeating: false, count: beam * units)
        scores = .allocate(capacity: units)
        activeKeys = .allocate(capacity: units)
        activeUnits = .allocate(capacity: units)
        candidates = CandidateQueue(beam: beam)
    }

    func copy() -> SearchMemory {
        let other = SearchMemory(beam: beam, units: units)
        other.tree.deallocate()
        other.tree = SearchTree(copying: tree)
        (other.root, other.count, other.offset, other.frame) = (root, count, offset, frame)
        other.stable = stable
        for k in 0..<count {
            other.nodes[k] = nodes[k]
            other.blankScores[k] = blankScores[k]
            other.unitScores[k] = unitScores[k]
            other.totals[k] = totals[k]
        }
        return other
    }

    deinit {
        tree.deallocate()
        nodes.deallocate()
        for part in [blankScores, unitScores, totals, newBlankScores, newUnitScores, scores] { part.deallocate() }
        newTimes.deallocate()
        newNodes.deallocate()
        isInBeam.deallocate()
        activeKeys.deallocate()
        activeUnits.deallocate()
        candidates.deallocate()
    }

    /// The empty text.
    func restart(_ graph: DecodingGraph) {
        tree.removeAll()
        root = tree.add(SearchNode(graph.start), parent: -1)
        tree.nodes[Int(root)].slot = 0
        count = 1
        nodes[0] = root
        (blankScores[0], unitScores[0], totals[0]) = (0, -.infinity, 0)
        (offset, frame) = (0, 0)
        stable.removeAll(keepingCapacity: true)
    }

    // MARK: - One frame

    func advance(_ values: UnsafeBufferPointer<Float>, _ graph: DecodingGraph) {
        let options = graph.options
        let active = readFrame(values, graph)
        // A copy of its pointers: what is not a property of an object needs no checks of access.
        var queue = candidates
        queue.removeAll()
        let best = stay(graph, &queue)
        queue.raise(best - options.scoreThreshold)
        extend(graph, active.count, active.cut, &queue)
        take(&queue, options.scoreThreshold)
        frame += 1
        if frame & 15 == 0 { settle(options.historyFrames) }
    }

    private func readFrame(_ values: UnsafeBufferPointer<Float>, _ graph: DecodingGraph) -> (count: Int, cut: Float) {
        var likeliest = -Float.infinity
        for unit in 0..<units {
            // A frame that allows nothing of what a lexicon or a window allows still leaves the best prefixes.
            scores[unit] = max(values[unit], -1000)
            likeliest = max(likeliest, values[unit])
        }
        let cut = likeliest - graph.options.unitThreshold
        let blank = graph.units.blank
        scores[blank] -= graph.options.blankPenalty
        var active = 0
        for unit in 0..<units where unit != blank && scores[unit] >= cut && values[unit] > -1000 {
            activeKeys[active] = CandidateQueue.key(scores[unit], unit)
            active += 1
        }
        Keys.sortDescending(activeKeys, active)
        for k in 0..<active { activeUnits[k] = Int32(0xFFFF_FFFF - UInt32(truncatingIfNeeded: activeKeys[k])) }
        return (active, cut)
    }

    /// Prefixes that go on without a further unit, with the alignments by which shorter ones in the beam become them.
    /// - Returns: the best one's score.
    private func stay(_ graph: DecodingGraph, _ candidates: inout CandidateQueue) -> Float {
        let sum = LogSum.shared.pointer
        let holdOff = graph.options.holdOff
        let blank = scores[graph.units.blank]
        let tree = tree.nodes
        var best = -Float.infinity
        var worst = Float.infinity
        for slot in 0..<count {
            let node = tree + Int(nodes[slot])
            let blankScore = totals[slot] + blank
            var unitScore = -Float.infinity
            var time = node.pointee.time
            let unit = Int(node.pointee.unit)
            if unit >= 0 {
                let emission = scores[unit]
                unitScore = unitScores[slot] + emission
                if node.pointee.parent >= 0 {
                    let parent = tree + Int(node.pointee.parent)
                    let from = Int(parent.pointee.slot)
                    if from >= 0 {
                        isInBeam[from * units + unit] = true
                        if holdOff == 0 || parent.pointee.unit < 0 || frame - parent.pointee.time > holdOff {
                            let before = Int(parent.pointee.unit) == unit ? blankScores[from] : totals[from]
                            let entering = before + emission + node.pointee.change
                            if entering > max(blankScore, unitScore) { time = frame }
                            unitScore = LogSum.of(unitScore, entering, sum)
                        }
                    }
                }
            }
            newBlankScores[slot] = blankScore
            newUnitScores[slot] = unitScore
            newTimes[slot] = time
            let score = LogSum.of(blankScore, unitScore, sum)
            best = max(best, score)
            worst = min(worst, score)
            candidates.append(
                .init(
                    slot: Int32(slot), unit: -1,
                    extension_: .init(change: 0, language: 0, languageState: 0, trieNode: 0, hotState: 0)), score)
        }
        if count >= beam { candidates.raise(worst) }
        return best
    }

    private func extend(_ graph: DecodingGraph, _ active: Int, _ cut: Float, _ candidates: inout CandidateQueue) {
        let holdOff = graph.options.holdOff
        let tree = tree.nodes
        let separator = graph.units.separator ?? -1
        let gain = graph.largestGain
        let endGain = gain + max(0, graph.options.insertionBonus)
        let likeliest = active > 0 ? scores[Int(activeUnits[0])] : -.infinity
        guard active > 0 else { return }
        for slot in 0..<count {
            let total = totals[slot]
            let node = tree + Int(nodes[slot])
            // The word that ends may be likelier than it looked.
            let ending = endGain - (graph.fusion == .words ? graph.provisional(node.pointee.trieNode) : 0)
            if total + likeliest + max(gain, ending) < candidates.bar { continue }
            if holdOff > 0, node.pointee.unit >= 0, frame - node.pointee.time <= holdOff { continue }
            let last = Int(node.pointee.unit)
            let marks = isInBeam + slot * units
            @inline(__always) func attempt(_ unit: Int, _ emission: Float, _ gain: Float) {
                guard !marks[unit] else { return }
                let base = (unit == last ? blankScores[slot] : total) + emission
                guard base + gain >= candidates.bar, base > -.infinity,
                    let extension_ = graph.extended(node.pointee, by: unit)
                else { return }
                let score = base + extension_.change
                guard score >= candidates.bar else { return }
                candidates.append(.init(slot: Int32(slot), unit: Int32(unit), extension_: extension_), score)
            }
            if graph.isBound, let trie = graph.trie, graph.units.isSpelt {
                let children =
                    Int(trie.firstChild[Int(node.pointee.trieNode)])..<Int(trie.firstChild[Int(node.pointee.trieNode) + 1])
                for child in children {
                    let unit = Int(trie.unit[child])
                    if scores[unit] >= cut { attempt(unit, scores[unit], gain) }
                }
                if separator >= 0, scores[separator] >= cut { attempt(separator, scores[separator], ending) }
            } else {
                if separator >= 0, scores[separator] >= cut { attempt(separator, scores[separator], ending) }
                for k in 0..<active {
                    let unit = Int(activeUnits[k])
                    let emission = scores[unit]
                    if total + emission + gain < candidates.bar { break }
                    if unit != separator { attempt(unit, emission, gain) }
                }
            }
        }
    }

    /// The best candidates become the beam.
    private func take(_ queue: inout CandidateQueue, _ threshold: Float) {
        let kept = queue.sortBest()
        let top = queue.ranked(0).score
        var tree = tree
        for slot in 0..<count {
            let node = tree.nodes + Int(nodes[slot])
            guard node.pointee.unit >= 0, node.pointee.parent >= 0 else { continue }
            let from = Int(tree.nodes[Int(node.pointee.parent)].slot)
            if from >= 0 { isInBeam[from * units + Int(node.pointee.unit)] = false }
        }
        for slot in 0..<count { tree.nodes[Int(nodes[slot])].slot = -1 }
        var next = 0
        while next < kept {
            let (candidate, score) = queue.ranked(next)
            guard score >= top - threshold, score > -.infinity else { break }
            let slot = Int(candidate.slot)
            var node = nodes[slot]
            if candidate.unit < 0 {
                blankScores[next] = newBlankScores[slot] - top
                unitScores[next] = newUnitScores[slot] - top
                tree.nodes[Int(node)].time = newTimes[slot]
            } else {
                node = extended(node, candidate, &tree)
                tree.nodes[Int(node)].time = frame
                blankScores[next] = -.infinity
                unitScores[next] = score - top
            }
            totals[next] = score - top
            tree.nodes[Int(node)].slot = Int32(next)
            newNodes[next] = node
            next += 1
        }
        for slot in 0..<count { tree.release(nodes[slot]) }
        for slot in 0..<next { nodes[slot] = newNodes[slot] }
        count = next
        self.tree = tree
        offset += Double(top)
    }

    /// Node of a prefix and one more unit: the one that is there, where longer prefixes in the beam begin so.
    private func extended(_ parent: Int32, _ candidate: CandidateQueue.Candidate, _ tree: inout SearchTree) -> Int32 {
        let child = tree.child(of: parent, candidate.unit)
        guard child < 0 else { return child }
        let before = tree.nodes[Int(parent)]
        var node = SearchNode(candidate.extension_)
        node.unit = candidate.unit
        node.changes = before.changes + Double(node.change)
        node.language = before.language + Double(candidate.extension_.language)
        return tree.add(node, parent: parent)
    }

    // MARK: - What is settled

    /// Takes what all prefixes begin with out of the tree, and what the best began with too long ago.
    private func settle(_ history: Int) {
        settleCommon()
        while true {
            var node = nodes[0]
            while node != root, tree.nodes[Int(node)].parent != root { node = tree.nodes[Int(node)].parent }
            guard node != root, frame - tree.nodes[Int(node)].time > history else { return }
            drop(otherThan: node)
            settleCommon()
        }
    }

    private func settleCommon() {
        while tree.nodes[Int(root)].slot < 0, tree.nodes[Int(root)].children == 1 {
            root = tree.replaceRoot(root)
            let node = tree.nodes[Int(root)]
            stable.append(.init(unit: Int(node.unit), frame: node.time))
        }
    }

    /// Takes prefixes that do not begin so out of the beam.
    private func drop(otherThan beginning: Int32) {
        var next = 0
        for slot in 0..<count {
            var node = nodes[slot]
            while node >= 0, node != beginning { node = tree.nodes[Int(node)].parent }
            if node < 0 {
                tree.nodes[Int(nodes[slot])].slot = -1
                newNodes[slot] = nodes[slot]
            } else {
                newNodes[slot] = -1
                nodes[next] = nodes[slot]
                blankScores[next] = blankScores[slot]
                unitScores[next] = unitScores[slot]
                totals[next] = totals[slot]
                tree.nodes[Int(nodes[next])].slot = Int32(next)
                next += 1
            }
        }
        for slot in 0..<count where newNodes[slot] >= 0 { tree.release(newNodes[slot]) }
        count = next
    }

    /// Units from the root to a node.
    func path(to leaf: Int32) -> [PrefixBeamSearch.TimedUnit] {
        var result: [PrefixBeamSearch.TimedUnit] = []
        var node = leaf
        while node != root {
            result.append(.init(unit: Int(tree.nodes[Int(node)].unit), frame: tree.nodes[Int(node)].time))
            node = tree.nodes[Int(node)].parent
        }
        return result.reversed()
    }

    /// How many units of a path all prefixes in the beam have in common.
    func settledUnits() -> Int {
        var node = root
        var result = 0
        while tree.nodes[Int(node)].slot < 0, tree.nodes[Int(node)].children == 1 {
            node = tree.nodes[Int(node)].firstChild
            result += 1
        }
        return result
    }
}
