import Devices
import LiveGraph
import Signals
import Testing
import Transports

@Suite struct DriveQueueTests {
    private func send(_ queue: DriveQueue, _ counter: UInt64) -> Bool {
        [Float(counter), -Float(counter)].withUnsafeBufferPointer { queue.send(counter: counter, $0) }
    }

    /// What waits, as words.
    private func take(_ queue: DriveQueue) -> [String] {
        var words: [String] = []
        var frame: [Float] = [0, 0]
        while let item = frame.withUnsafeMutableBufferPointer({ queue.take(into: $0) }) {
            words.append(item.isReset ? "reset \(item.number)" : "\(item.number): \(frame[0]) \(frame[1])")
        }
        return words
    }

    @Test func `frames and resets come out in their order, with their values`() throws {
        let queue = DriveQueue(channels: 2, minimumFrames: 4, waker: try Waker())
        #expect(queue.reset(seed: 9) && send(queue, 1) && send(queue, 2) && queue.reset(seed: 10) && send(queue, 3))
        #expect(queue.peek()?.isReset == true)
        #expect(take(queue) == ["reset 9", "1: 1.0 -1.0", "2: 2.0 -2.0", "reset 10", "3: 3.0 -3.0"])
    }

    @Test func `a full queue refuses frames and resets, and counts both`() throws {
        let queue = DriveQueue(channels: 2, minimumFrames: 4, waker: try Waker())
        for counter in UInt64(0)..<4 { #expect(send(queue, counter)) }
        #expect(!send(queue, 4) && queue.refusedCount == 1)
        for seed in UInt64(0)..<4 { #expect(queue.reset(seed: seed)) }
        #expect(!queue.reset(seed: 4) && queue.refusedCount == 2)
        #expect(take(queue).count == 8)
        #expect(send(queue, 5) && take(queue) == ["5: 5.0 -5.0"])
    }

    @Test func `a reset that found the queue full comes before the next frame, and frames without it are refused`() throws {
        let queue = DriveQueue(channels: 2, minimumFrames: 2, waker: try Waker())
        let sink = DriveQueueSink(queue, seed: 7)
        for _ in 0..<4 { sink.reset() }
        #expect(sink.refusals == DriveRefusals())
        sink.reset()
        for counter in UInt64(1)...3 { [0.5, 0.5].withUnsafeBufferPointer { sink.send(counter: counter, $0) } }
        #expect(sink.refusals.resets == 1 && sink.refusals.frames == 3)
        _ = take(queue)
        [0.5, 0.25].withUnsafeBufferPointer { sink.send(counter: 4, $0) }
        #expect(take(queue) == ["reset 7", "4: 0.5 0.25"])
        #expect(sink.refusals.resets == 1 && sink.refusals.frames == 3)
    }
}
