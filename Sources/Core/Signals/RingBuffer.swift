import Synchronization

/// A bounded single-producer single-consumer queue in one piece of memory, without locks.
///
/// For: the way between a device's thread and the pipeline. Not for: more than one producer or consumer; a second one is a
/// programmer error that this type cannot see.
///
/// The memory is claimed at creation and never after. Both sides *lend* a contiguous span: the producer writes into
/// it and says how many elements it filled, the consumer reads from it and says how many it is done with. The ring never
/// overwrites; a full ring lends a short or empty span.
public struct RingBuffer<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
    // Sendable because `storage` is written only between `tail` and `head + capacity` by the one producer and read only
    // between `head` and `tail` by the one consumer; the indices are atomics with release/acquire order, and each side's
    // `cached…` copy is touched by that side only.
    private let storage: UnsafeMutableBufferPointer<Element>
    private let mask: Int
    private let producer: UnsafeMutablePointer<Side>
    private let consumer: UnsafeMutablePointer<Side>

    /// One side's own index and its last sight of the other's, padded so that the two sides share no cache line.
    private struct Side: ~Copyable {
        let index = Atomic<Int>(0)
        var cachedOther = 0
        private var padding: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) =
            (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    }

    /// - Parameter minimumCapacity: elements; rounded up to a power of two, from 1 to 2³⁰.
    public init(minimumCapacity: Int) {
        precondition(minimumCapacity >= 1 && minimumCapacity <= 1 << 30, "capacity must be in 1…2³⁰")
        var capacity = 1
        while capacity < minimumCapacity { capacity <<= 1 }
        storage = .allocate(capacity: capacity)
        mask = capacity - 1
        producer = .allocate(capacity: 1)
        producer.initialize(to: Side())
        consumer = .allocate(capacity: 1)
        consumer.initialize(to: Side())
    }

    deinit {
        producer.deinitialize(count: 1)
        producer.deallocate()
        consumer.deinitialize(count: 1)
        consumer.deallocate()
        storage.deallocate()
    }

    /// Elements that fit: the requested number, rounded up to a power of two.
    public var capacity: Int { mask + 1 }

    /// Elements waiting to be read: exact on the consumer's side, a lower bound of what it will find on the producer's.
    public var count: Int {
        // Indices only grow; they wrap after 2⁶³ elements, so the differences are taken with wrapping arithmetic.
        producer.pointee.index.load(ordering: .acquiring) &- consumer.pointee.index.load(ordering: .acquiring)
    }

    /// Elements that the producer may write now (producer's side only).
    public func freeForProducer() -> Int {
        let tail = producer.pointee.index.load(ordering: .relaxed)
        producer.pointee.cachedOther = consumer.pointee.index.load(ordering: .acquiring)
        return capacity &- (tail &- producer.pointee.cachedOther)
    }

    /// Whether so many elements fit (producer's side only). Looks at the consumer's index only when its last sight does not
    /// suffice, so the two sides do not pass a cache line to and fro.
    public func hasRoom(for count: Int) -> Bool {
        let tail = producer.pointee.index.load(ordering: .relaxed)
        if capacity &- (tail &- producer.pointee.cachedOther) >= count { return true }
        producer.pointee.cachedOther = consumer.pointee.index.load(ordering: .acquiring)
        return capacity &- (tail &- producer.pointee.cachedOther) >= count
    }

    /// Lends up to `limit` contiguous free elements; `body` returns how many of them, from the start, it filled.
    ///
    /// The span ends at the end of the memory, so a full write across the wrap takes two calls.
    /// - Returns: what `body` returned; 0 without calling it when the ring is full.
    @discardableResult
    public func write(upTo limit: Int, _ body: (UnsafeMutableBufferPointer<Element>) -> Int) -> Int {
        let tail = producer.pointee.index.load(ordering: .relaxed)
        var free = capacity &- (tail &- producer.pointee.cachedOther)
        if free < limit {
            producer.pointee.cachedOther = consumer.pointee.index.load(ordering: .acquiring)
            free = capacity &- (tail &- producer.pointee.cachedOther)
        }
        let start = tail & mask
        let lent = min(limit, free, capacity - start)
        if lent <= 0 { return 0 }
        let written = body(UnsafeMutableBufferPointer(rebasing: storage[start..<start + lent]))
        precondition(written >= 0 && written <= lent, "a producer cannot fill more than it was lent")
        producer.pointee.index.store(tail &+ written, ordering: .releasing)
        return written
    }

    /// Writes all of `elements` or nothing.
    /// - Returns: false when there is not room for all.
    public func write(all elements: UnsafeBufferPointer<Element>) -> Bool {
        let tail = producer.pointee.index.load(ordering: .relaxed)
        if capacity &- (tail &- producer.pointee.cachedOther) < elements.count {
            producer.pointee.cachedOther = consumer.pointee.index.load(ordering: .acquiring)
            if capacity &- (tail &- producer.pointee.cachedOther) < elements.count { return false }
        }
        guard let source = elements.baseAddress, elements.count > 0 else { return true }
        let start = tail & mask
        let first = min(elements.count, capacity - start)
        let target = storage.baseAddress.unsafelyUnwrapped
        (target + start).update(from: source, count: first)
        target.update(from: source + first, count: elements.count - first)
        producer.pointee.index.store(tail &+ elements.count, ordering: .releasing)
        return true
    }

    /// Lends up to `limit` contiguous waiting elements; `body` returns how many of them, from the start, it is done with.
    /// - Returns: what `body` returned; 0 without calling it when the ring is empty.
    @discardableResult
    public func read(upTo limit: Int = .max, _ body: (UnsafeBufferPointer<Element>) -> Int) -> Int {
        let head = consumer.pointee.index.load(ordering: .relaxed)
        var waiting = consumer.pointee.cachedOther &- head
        if waiting < min(limit, capacity) {
            consumer.pointee.cachedOther = producer.pointee.index.load(ordering: .acquiring)
            waiting = consumer.pointee.cachedOther &- head
        }
        let start = head & mask
        let lent = min(limit, waiting, capacity - start)
        if lent <= 0 { return 0 }
        let done = body(UnsafeBufferPointer(rebasing: storage[start..<start + lent]))
        precondition(done >= 0 && done <= lent, "a consumer cannot be done with more than it was lent")
        consumer.pointee.index.store(head &+ done, ordering: .releasing)
        return done
    }

    /// Fills all of `target` or takes nothing.
    /// - Returns: false when fewer elements wait.
    public func read(all target: UnsafeMutableBufferPointer<Element>) -> Bool {
        let head = consumer.pointee.index.load(ordering: .relaxed)
        if consumer.pointee.cachedOther &- head < target.count {
            consumer.pointee.cachedOther = producer.pointee.index.load(ordering: .acquiring)
            if consumer.pointee.cachedOther &- head < target.count { return false }
        }
        guard let destination = target.baseAddress, target.count > 0 else { return true }
        let start = head & mask
        let first = min(target.count, capacity - start)
        let source = UnsafePointer(storage.baseAddress.unsafelyUnwrapped)
        destination.update(from: source + start, count: first)
        (destination + first).update(from: source, count: target.count - first)
        consumer.pointee.index.store(head &+ target.count, ordering: .releasing)
        return true
    }
}
