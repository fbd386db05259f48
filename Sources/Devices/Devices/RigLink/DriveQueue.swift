import Signals
import Synchronization
public import Transports

/// Frames on their way to a device's drive stream: from the pipeline's thread to the device's thread.
///
/// A full queue refuses a frame or a reset, counts it and says so to the producer; nothing is overwritten.
public final class DriveQueue: Sendable {
    /// What waits: a frame, or the wish to start over.
    public struct Item: BitwiseCopyable, Sendable {
        /// Whether it is a reset.
        public var isReset: Bool
        /// Counter of the frame; seed of the reset.
        public var number: UInt64
    }

    /// Values of one frame.
    public let channels: Int
    private let items: RingBuffer<Item>
    private let values: RingBuffer<Float>
    private let waker: Waker
    private let refused = Atomic<UInt64>(0)
    private let limited = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - channels: values of one frame, at least 1.
    ///   - minimumFrames: frames that fit before one is refused.
    ///   - waker: wakes the device's thread when something was put in.
    public init(channels: Int, minimumFrames: Int, waker: Waker) {
        precondition(channels > 0, "a drive stream has channels")
        self.channels = channels
        items = RingBuffer(minimumCapacity: minimumFrames * 2)
        values = RingBuffer(minimumCapacity: minimumFrames * channels)
        self.waker = waker
    }

    /// Producer: asks the device to go back to its initial state before the next frame.
    /// - Returns: false when the queue is full: frames that are queued now would reach a device that did not go back.
    public func reset(seed: UInt64) -> Bool {
        let written = put(Item(isReset: true, number: seed))
        if written { waker.wake() } else { refused.wrappingAdd(1, ordering: .relaxed) }
        return written
    }

    /// Producer: queues one frame.
    /// - Parameters:
    ///   - counter: of the frame; the device answers with the same.
    ///   - frame: one value per channel, in the stream's unit.
    /// - Returns: false when the queue is full.
    public func send(counter: UInt64, _ frame: UnsafeBufferPointer<Float>) -> Bool {
        precondition(frame.count == channels, "a frame has one value per channel")
        guard items.freeForProducer() > 0, values.write(all: frame) else {
            refused.wrappingAdd(1, ordering: .relaxed)
            return false
        }
        let written = put(Item(isReset: false, number: counter))
        waker.wake()
        return written
    }

    /// Frames and resets that were refused so far; anybody may ask.
    public var refusedCount: UInt64 { refused.load(ordering: .relaxed) }

    /// Frames that were sent otherwise than they were asked for, because of the drive's limits; anybody may ask.
    public var limitedCount: UInt64 { limited.load(ordering: .relaxed) }

    /// Consumer.
    func countLimited() { limited.wrappingAdd(1, ordering: .relaxed) }

    private func put(_ item: Item) -> Bool {
        items.write(upTo: 1) { slot in
            slot[0] = item
            return 1
        } == 1
    }

    /// Consumer: what comes next, without taking it.
    package func peek() -> Item? {
        var head: Item?
        items.read(upTo: 1) { waiting in
            head = waiting[0]
            return 0
        }
        return head
    }

    /// Consumer: takes the next item; a frame's values go to `frame`.
    package func take(into frame: UnsafeMutableBufferPointer<Float>) -> Item? {
        guard let head = peek() else { return nil }
        if !head.isReset {
            let complete = values.read(all: UnsafeMutableBufferPointer(rebasing: frame[0..<channels]))
            precondition(complete, "an item went into the queue before its values")
        }
        items.read(upTo: 1) { _ in 1 }
        return head
    }
}
