package import Signals
import Synchronization

/// The way of decisions from the pipeline's thread to one consumer.
///
/// A full queue refuses a decision and counts it; before the next one that goes in the consumer finds out how many it did not get.
package final class DecisionQueue: Sendable {
    private let records: RingBuffer<DecisionRecord>
    private let lost = Atomic<UInt64>(0)
    private let untold = Atomic<UInt64>(0)

    /// - Parameter minimumRecords: decisions that fit before one is refused.
    package init(minimumRecords: Int) { records = RingBuffer(minimumCapacity: minimumRecords) }

    /// Producer: puts a decision in.
    /// - Returns: false when it was refused.
    @discardableResult
    package func put(_ record: DecisionRecord) -> Bool {
        // Room for the word about the lost ones, too: nothing goes in before it.
        let told = untold.load(ordering: .relaxed)
        guard records.hasRoom(for: told > 0 ? 2 : 1) else {
            lost.wrappingAdd(1, ordering: .relaxed)
            untold.wrappingAdd(1, ordering: .relaxed)
            return false
        }
        tell(at: record.hostTime)
        return write(record)
    }

    /// Producer: says how many were lost since it was said last, where there is room.
    /// - Returns: whether there is nothing left to say.
    @discardableResult
    package func tell(at time: HostTime) -> Bool {
        let count = untold.load(ordering: .relaxed)
        guard count > 0 else { return true }
        guard write(DecisionRecord(kind: .lost, a: count, hostTime: time)) else { return false }
        untold.store(0, ordering: .relaxed)
        return true
    }

    private func write(_ record: DecisionRecord) -> Bool {
        records.write(upTo: 1) { slot in
            slot[0] = record
            return 1
        } == 1
    }

    /// Consumer: takes all that waits.
    package func take(_ body: (DecisionRecord) -> Void) {
        while records.read(
            upTo: 64,
            { waiting in
                for record in waiting { body(record) }
                return waiting.count
            }) > 0
        {}
    }

    /// Decisions that were refused so far; anybody may ask.
    package var lostCount: UInt64 { lost.load(ordering: .relaxed) }
}
