import Dispatch
import Synchronization

/// Turns a track's values into records and appends them to a file, one record on its way to the disk while the next is made.
final class EDFRecordWriter: Sendable {
    private final class Slot: Sendable {
        let block: Mutex<EDFRecordBlock>

        init(_ block: EDFRecordBlock) { self.block = Mutex(block) }
    }

    /// The file, and why it could not be written.
    private struct Target: ~Copyable {
        let file: AppendFile
        var failure: SessionError?
    }

    /// Of each output file, the bytes between two hints to the disk.
    private static let bytesOfHint = 8 << 20

    private let target: Mutex<Target>
    private let output: ExportFile
    private let slots: [Slot]
    private let recordsOfHint: Int
    private let queue = DispatchQueue(label: "EDF records")
    /// As many as there are slots that may be filled.
    private let free = DispatchSemaphore(value: 2)
    private let hasFailed = Atomic<Bool>(false)
    private let filled = Atomic<Int>(0)

    /// - Parameters:
    ///   - header: bytes at the file's beginning.
    ///   - block: how the file's records are made.
    init(_ output: ExportFile, header: [UInt8], _ block: EDFRecordBlock) throws(SessionError) {
        let file = try AppendFile(creating: output.part)
        try file.append(header)
        target = Mutex(Target(file: file, failure: nil))
        self.output = output
        slots = [Slot(block), Slot(block)]
        recordsOfHint = max(1, Self.bytesOfHint / max(1, block.byteCount))
    }

    /// Makes the next record; waits while two are on their way.
    func append(_ fill: (inout EDFRecordBlock) -> Void) {
        guard !hasFailed.load(ordering: .relaxed) else { return }
        free.wait()
        let record = filled.add(1, ordering: .relaxed).newValue
        let slot = slots[record % slots.count]
        slot.block.withLock { fill(&$0) }
        queue.async { [self] in
            write(slot)
            if record % recordsOfHint == 0 { output.beginWriteback() }
            free.signal()
        }
    }

    private func write(_ slot: Slot) {
        target.withLock { target in
            guard target.failure == nil else { return }
            do throws(SessionError) {
                try slot.block.withLock { block throws(SessionError) in
                    try block.withBytes { bytes throws(SessionError) in try target.file.append(bytes) }
                }
            } catch {
                target.failure = error
                hasFailed.store(true, ordering: .relaxed)
            }
        }
    }

    /// Waits for the last record and closes the file.
    /// - Throws: ``SessionError`` of the first record that could not be written.
    func finish() throws(SessionError) {
        queue.sync {}
        try target.withLock { target throws(SessionError) in
            if let failure = target.failure { throw failure }
            try target.file.close()
        }
    }
}
