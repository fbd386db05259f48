package import Devices

/// Hands the graph's drive to the film's thread.
///
/// A film that did not start over would answer from the middle of an earlier stretch. So a reset that the queue refuses is tried
/// again before each frame, and the frames that come before it got through are refused, too.
package final class DriveQueueSink: DriveSink {
    private let queue: DriveQueue
    private let seed: UInt64
    private var isResetDue = false
    package var channels: Int { queue.channels }
    /// Resets and frames that the queue had no room for; for the pipeline's thread, and for the owner after it has ended.
    package var refusals: DriveRefusals {
        var all = refused
        all.limited = queue.limitedCount
        return all
    }
    private var refused = DriveRefusals()

    package init(_ queue: DriveQueue, seed: UInt64) {
        self.queue = queue
        self.seed = seed
    }

    package func reset() {
        isResetDue = !queue.reset(seed: seed)
        if isResetDue { refused.resets += 1 }
    }

    package func send(counter: UInt64, _ frame: UnsafeBufferPointer<Float>) {
        if isResetDue { isResetDue = !queue.reset(seed: seed) }
        if isResetDue || !queue.send(counter: counter, frame) { refused.frames += 1 }
    }
}
