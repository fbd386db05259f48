import Foundation

/// Probabilities of the next unit after those before it: an n-gram model with back-off.
///
/// Units are words or characters, named by numbers: 0 is `<unk>`, 1 begins and 2 ends a sentence. Logarithms are to base 10,
/// as in ARPA files. A **state** is a number that stands for the units before; asking allocates nothing.
///
/// `@unchecked Sendable` because it is immutable: its pointers lead into `storage`, which nothing writes to.
public final class LanguageModel: @unchecked Sendable {
    /// What the units are.
    public enum UnitKind: UInt32, Sendable, CaseIterable {
        /// As in ARPA files, which do not tell.
        case unknown = 0
        case characters = 1
        case words = 2
    }

    public static let unknown: UInt32 = 0
    public static let sentenceStart: UInt32 = 1
    public static let sentenceEnd: UInt32 = 2
    static let markers = ["<unk>", "<s>", "</s>"]
    /// Name of the space among characters.
    public static let space = "<space>"
    public static let orders = 1...9
    /// State before any unit.
    public static let noContext: UInt32 = 0

    let layout: ModelLayout
    let storage: ModelBytes
    let logProbabilities: UnsafePointer<Double>
    let backOffs: UnsafePointer<Double>
    let hashes: UnsafePointer<UInt64>
    let words: UnsafePointer<UInt32>
    let firstChildren: UnsafePointer<UInt32>
    let suffixes: UnsafePointer<UInt32>
    let nameEnds: UnsafePointer<UInt32>
    let names: UnsafePointer<UInt8>
    public let unitKind: UnitKind
    private let inner: UInt32

    /// - Parameter storage: bytes that fit the layout and were checked.
    init(_ storage: ModelBytes, _ layout: ModelLayout, _ unitKind: UnitKind) {
        guard let base = storage.bytes.baseAddress else { preconditionFailure("a model has a head") }
        self.layout = layout
        self.storage = storage
        self.unitKind = unitKind
        inner = UInt32(layout.inner)
        logProbabilities = (base + layout.logProbabilities).assumingMemoryBound(to: Double.self)
        backOffs = (base + layout.backOffs).assumingMemoryBound(to: Double.self)
        hashes = (base + layout.hashes).assumingMemoryBound(to: UInt64.self)
        words = (base + layout.words).assumingMemoryBound(to: UInt32.self)
        firstChildren = (base + layout.firstChildren).assumingMemoryBound(to: UInt32.self)
        suffixes = (base + layout.suffixes).assumingMemoryBound(to: UInt32.self)
        nameEnds = (base + layout.nameEnds).assumingMemoryBound(to: UInt32.self)
        names = (base + layout.names).assumingMemoryBound(to: UInt8.self)
    }

    /// 1...9.
    public var order: Int { layout.order }
    /// Number of units, the three markers among them.
    public var unitCount: Int { layout.counts[0] }

    /// Units of texts: without `<unk>`, `<s>` and `</s>`, which are the first three.
    public var vocabulary: Int { unitCount - 3 }
    /// Number of n-grams of each order, from 1.
    public var counts: [Int] { layout.counts }
    /// Bytes in memory, and of the file.
    public var byteCount: Int { layout.length }

    /// Name of a unit, 0 ..< ``unitCount``.
    public func name(of unit: UInt32) -> String { String(decoding: nameBytes(unit), as: UTF8.self) }

    func nameBytes(_ unit: UInt32) -> UnsafeBufferPointer<UInt8> {
        let (start, end) = (Int(nameEnds[Int(unit)]), Int(nameEnds[Int(unit) + 1]))
        return UnsafeBufferPointer(start: names + start, count: end - start)
    }

    /// Number of a unit; nil for one that the model does not have.
    public func number(of unit: String) -> UInt32? {
        number(bytes: Array(unit.utf8)) ?? number(bytes: Array(unit.precomposedStringWithCanonicalMapping.utf8))
    }

    private func number(bytes: [UInt8]) -> UInt32? {
        if let marker = Self.markers.firstIndex(where: { $0.utf8.elementsEqual(bytes) }) { return UInt32(marker) }
        var (low, high) = (3, unitCount)
        while low < high {
            let middle = (low + high) / 2
            let name = nameBytes(UInt32(middle))
            if name.elementsEqual(bytes) { return UInt32(middle) }
            if name.lexicographicallyPrecedes(bytes) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// State at the start of a sentence.
    public var start: UInt32 { order > 1 ? Self.sentenceStart + 1 : Self.noContext }

    /// Node of `node`'s units and one more; 0 for none.
    @inline(__always) func child(of node: UInt32, _ unit: UInt32) -> UInt32 {
        if node == 0 { return unit + 1 }
        var low = firstChildren[Int(node)]
        var high = firstChildren[Int(node) + 1]
        while low < high {
            let middle = (low + high) / 2
            let found = words[Int(middle)]
            if found == unit { return middle }
            if found < unit { low = middle + 1 } else { high = middle }
        }
        return 0
    }

    /// Base-10 logarithm of the probability of a unit after a state, and the state after it.
    /// - Parameters:
    ///   - state: ``start``, ``noContext``, or one that this model gave.
    ///   - unit: 0 ..< ``unitCount``.
    @inline(__always) public func next(_ state: UInt32, _ unit: UInt32) -> (logProbability: Double, state: UInt32) {
        var node = state
        var sum = 0.0
        while true {
            let found = child(of: node, unit)
            if found != 0 {
                let next = found >= inner ? suffixes[Int(found)] : found
                return (sum + logProbabilities[Int(found)], next)
            }
            sum += backOffs[Int(node)]
            node = suffixes[Int(node)]
        }
    }

    /// Base-10 logarithm of the probability of a unit by itself.
    func logProbability(alone unit: UInt32) -> Double { logProbabilities[Int(unit) + 1] }

    /// Base-10 logarithm of the probability of a unit after others.
    /// - Parameter context: the units before it, oldest first; only the last `order` - 1 count.
    public func logProbability(of unit: UInt32, after context: some Sequence<UInt32>) -> Double {
        precondition(unit < UInt32(unitCount), "a unit of another model")
        var state = Self.noContext
        for before in context {
            precondition(before < UInt32(unitCount), "a unit of another model")
            state = next(state, before).state
        }
        return next(state, unit).logProbability
    }

    /// Base-10 logarithm of the probability of a whole sentence, its end among it. Unknown units count as `<unk>`.
    public func logProbability(ofSentence units: [String]) -> Double {
        var state = start
        var sum = 0.0
        for unit in units.map({ number(of: $0) ?? Self.unknown }) + [Self.sentenceEnd] {
            let step = next(state, unit)
            sum += step.logProbability
            state = step.state
        }
        return sum
    }
}
