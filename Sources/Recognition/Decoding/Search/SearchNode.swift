/// A prefix that is in the beam, or that one in the beam begins with.
struct SearchNode {
    /// -1 for the root.
    var parent: Int32 = -1
    /// Its last unit; -1 for none.
    var unit: Int32 = -1
    var firstChild: Int32 = -1
    /// Also the next free node.
    var nextSibling: Int32 = -1
    /// -1 for a free node.
    var children: Int32 = 0
    /// Place in the beam; -1 where it is not in it.
    var slot: Int32 = -1
    var languageState: UInt32 = 0
    var trieNode: Int32 = 0
    var hotState: Int32 = 0
    /// Of the score by its last unit, without the emission.
    var change: Float = 0
    /// All changes since the start.
    var changes = 0.0
    /// Natural logarithm of the language model since the start, not weighted.
    var language = 0.0
    /// Frame of its last unit on the likeliest alignment.
    var time = 0

    init() {}

    init(_ extension_: DecodingGraph.Extension) {
        change = extension_.change
        languageState = extension_.languageState
        trieNode = extension_.trieNode
        hotState = extension_.hotState
    }
}

/// Nodes of all prefixes, with those that nobody needs any more used again.
struct SearchTree {
    private(set) var nodes: UnsafeMutablePointer<SearchNode>
    private var capacity: Int
    private var used = 0
    private var free: Int32 = -1
    private(set) var live = 0

    init(capacity: Int) {
        self.capacity = capacity
        nodes = .allocate(capacity: capacity)
        nodes.initialize(repeating: SearchNode(), count: capacity)
    }

    init(copying other: SearchTree) {
        self = other
        nodes = .allocate(capacity: capacity)
        nodes.initialize(from: other.nodes, count: capacity)
    }

    func deallocate() { nodes.deallocate() }

    mutating func removeAll() { (used, free, live) = (0, -1, 0) }

    mutating func add(_ node: SearchNode, parent: Int32) -> Int32 {
        let index: Int32
        if free >= 0 {
            index = free
            free = nodes[Int(index)].nextSibling
        } else {
            if used == capacity { grow() }
            index = Int32(used)
            used += 1
        }
        live += 1
        nodes[Int(index)] = node
        nodes[Int(index)].parent = parent
        if parent >= 0 {
            nodes[Int(index)].nextSibling = nodes[Int(parent)].firstChild
            nodes[Int(parent)].firstChild = index
            nodes[Int(parent)].children += 1
        }
        return index
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<SearchNode>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: nodes, count: capacity)
        (larger + capacity).initialize(repeating: SearchNode(), count: capacity)
        nodes.deallocate()
        nodes = larger
        capacity *= 2
    }

    @inline(__always) func child(of parent: Int32, _ unit: Int32) -> Int32 {
        var child = nodes[Int(parent)].firstChild
        while child >= 0, nodes[Int(child)].unit != unit { child = nodes[Int(child)].nextSibling }
        return child
    }

    /// Frees a node that is neither in the beam nor has children, and then its parents.
    mutating func release(_ node: Int32) {
        var node = node
        while node >= 0, nodes[Int(node)].slot < 0, nodes[Int(node)].children == 0 {
            let parent = nodes[Int(node)].parent
            if parent >= 0 {
                if nodes[Int(parent)].firstChild == node {
                    nodes[Int(parent)].firstChild = nodes[Int(node)].nextSibling
                } else {
                    var before = nodes[Int(parent)].firstChild
                    while nodes[Int(before)].nextSibling != node { before = nodes[Int(before)].nextSibling }
                    nodes[Int(before)].nextSibling = nodes[Int(node)].nextSibling
                }
                nodes[Int(parent)].children -= 1
            }
            recycle(node)
            node = parent
        }
    }

    /// Frees a root that is not in the beam; its only child becomes the root.
    mutating func replaceRoot(_ root: Int32) -> Int32 {
        let child = nodes[Int(root)].firstChild
        nodes[Int(child)].parent = -1
        recycle(root)
        return child
    }

    private mutating func recycle(_ node: Int32) {
        nodes[Int(node)].nextSibling = free
        nodes[Int(node)].children = -1
        free = node
        live -= 1
    }
}
