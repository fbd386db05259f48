package import Signals
import Synchronization

/// Carries decisions from the pipeline's thread to several consumers, each at its own pace.
///
/// A consumer with a limit loses what it has no room for, and is told how many, where they are missing. One without (the event log)
/// loses nothing: its way grows by pieces of memory while it is slow.
package final class DecisionBus: Sendable {
    private let consumers: [DecisionConsumer]

    package init(_ consumers: [DecisionConsumer]) { self.consumers = consumers }

    /// For the pipeline's thread.
    package func put(_ decision: Decision) {
        for consumer in consumers { consumer.put(decision) }
    }

    /// For the pipeline's thread: what was lost at the very end is told, too, as far as there is room for it.
    package func finish(at time: HostTime) {
        for consumer in consumers { consumer.tellLosses(at: time) }
    }
}

/// One consumer's end of a ``DecisionBus``.
///
/// Decisions wait in a chain of segments. The producer fills the last one and hangs the next one on before it goes on to it;
/// the consumer lets go of each one that it has read.
package final class DecisionConsumer: @unchecked Sendable {
    // Sendable because `last`, `filled` and `untold` belong to the producer alone, `first` and `read` to the consumer alone; the slots of a
    // segment below its `count` are written before the count is released and never again.

    private final class Segment {
        static let size = 256
        let slots = UnsafeMutablePointer<Decision>.allocate(capacity: Segment.size)
        /// Slots that are filled.
        let count = Atomic<Int>(0)
        /// Written by the producer before `isFollowed` is released.
        var next: Segment?
        let isFollowed = Atomic<Bool>(false)

        deinit {
            slots.deinitialize(count: count.load(ordering: .acquiring))
            slots.deallocate()
        }
    }

    private let limit: Int
    private var last: Segment
    private var filled: UInt64 = 0
    private var untold: UInt64 = 0
    private var first: Segment
    private var read = 0
    private let taken = Atomic<UInt64>(0)
    private let lost = Atomic<UInt64>(0)

    /// - Parameter limit: decisions that may wait; nil for as many as there are.
    package init(limit: Int? = nil) {
        self.limit = limit ?? .max
        last = Segment()
        first = last
    }

    /// Decisions that were lost so far; anybody may ask.
    package var lostCount: UInt64 { lost.load(ordering: .relaxed) }

    /// Consumer: takes all that waits.
    package func take(_ body: (Decision) -> Void) {
        while true {
            // Before the count: a segment that is followed grows no more.
            let isFollowed = first.isFollowed.load(ordering: .acquiring)
            let count = first.count.load(ordering: .acquiring)
            while read < count {
                body(first.slots[read])
                read += 1
                taken.wrappingAdd(1, ordering: .releasing)
            }
            guard isFollowed, let next = first.next else { return }
            first = next
            read = 0
        }
    }

    /// Producer.
    fileprivate func put(_ decision: Decision) {
        // Room for the word about the lost ones, too: nothing goes in before it.
        guard waiting + (untold > 0 ? 2 : 1) <= limit else {
            lost.wrappingAdd(1, ordering: .relaxed)
            untold += 1
            return
        }
        tellLosses(at: decision.hostTime)
        append(decision)
    }

    /// Producer: says how many were lost since it was said last, where there is room.
    fileprivate func tellLosses(at time: HostTime) {
        guard untold > 0, waiting < limit else { return }
        append(Decision(content: .lost(count: untold), hostTime: time))
        untold = 0
    }

    private var waiting: Int { Int(filled &- taken.load(ordering: .acquiring)) }

    private func append(_ decision: Decision) {
        var place = last.count.load(ordering: .relaxed)
        if place == Segment.size {
            let segment = Segment()
            last.next = segment
            last.isFollowed.store(true, ordering: .releasing)
            last = segment
            place = 0
        }
        (last.slots + place).initialize(to: decision)
        last.count.store(place + 1, ordering: .releasing)
        filled &+= 1
    }
}
