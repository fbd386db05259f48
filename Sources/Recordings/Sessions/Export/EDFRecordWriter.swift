import Dispatch
import Synchronization

/// Turns a track's values into records and writes them, one record on its way to the disk while the next is made.
final class EDFRecordWriter: Sendable {
    private final class Slot: Sendable {
        let block: Mutex<EDFRecordBlock>

        init(_ block: EDFRecordBlock) { self.block = Mutex(block) }
    }

    /// Of each output file, the bytes between two hints to the disk.
    private static let bytesOfHint = 8 << 20

    private let handle: Int32
    private let output: OutputFile
    private let slots: [Slot]
    private let recordsOfHint: Int
    private let queue = DispatchQueue(label: "EDF records")
    /// As many as there are slots that may be filled.
    private let free = DispatchSemaphore(value: 2)
    private let hasFailed = Atomic<Bool>(false)
    private let filled = Atomic<Int>(0)

    /// - Parameters:
    ///   - handle: of a file that EDFlib writes; nothing else may be done with it before ``finish()``.
    ///   - block: how the file's records are made.
    init(_ handle: Int32, _ block: EDFRecordBlock, _ output: OutputFile) {
        self.handle = handle
        self.output = output
        slots = [Slot(block), Slot(block)]
        recordsOfHint = max(1, Self.bytesOfHint / block.byteCount)
    }

    /// Takes the values of the next record; waits while two are on their way.
    /// - Parameter values: frame-major; fewer than a record holds only for the last one.
    func append(_ values: borrowing [Float]) {
        guard !hasFailed.load(ordering: .relaxed) else { return }
        free.wait()
        let record = filled.add(1, ordering: .relaxed).newValue
        let slot = slots[record % slots.count]
        slot.block.withLock { $0.fill(values) }
        queue.async { [self] in
            if !slot.block.withLock({ $0.write(to: handle) }) { hasFailed.store(true, ordering: .relaxed) }
            if record % recordsOfHint == 0 { output.beginWriteback() }
            free.signal()
        }
    }

    /// Waits for the last record.
    /// - Returns: whether all of them were written.
    func finish() -> Bool {
        queue.sync {}
        return !hasFailed.load(ordering: .relaxed)
    }
}
