import Signals

/// A ring for two threads.
private final class Shared: Sendable {
    let ring: RingBuffer<UInt64>

    init(capacity: Int) { ring = RingBuffer(minimumCapacity: capacity) }
}

/// Seconds; negative when the sum is wrong.
func ringNumbers(count: Int, capacity: Int, batch: Int) throws -> Double {
    let shared = Shared(capacity: capacity)
    let begin = HostTime.now()
    let producer = try WorkerThread("producer") {
        var sent = 0
        while sent < count {
            sent += shared.ring.write(upTo: min(batch, count - sent)) { free in
                for index in free.indices { free[index] = UInt64(sent + index) }
                return free.count
            }
        }
    }
    var received = 0
    var sum: UInt64 = 0
    while received < count {
        received += shared.ring.read(upTo: batch) { waiting in
            for value in waiting { sum &+= value }
            return waiting.count
        }
    }
    producer.join()
    let seconds = HostTime.now() - begin
    return sum == UInt64(count) * UInt64(count - 1) / 2 ? seconds : -1
}

/// Seconds; negative when a value is wrong.
func ringBlocks(count: Int, samples: Int, capacity: Int) throws -> Double {
    let ring = SampleRing(streams: 1, minimumItems: 4096, minimumSamples: capacity)
    let begin = HostTime.now()
    let producer = try WorkerThread("producer") {
        let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: samples)
        defer { block.deallocate() }
        for k in 0..<count {
            block.update(repeating: Float(k & 0xFFFF))
            let item = SampleRingItem(
                stream: 0, channels: 1, frames: samples, firstCounter: UInt64(k), missingBefore: 0,
                hostTime: HostTime(nanoseconds: Int64(k)))
            // A full ring refuses; here nothing may be lost, so the producer tries again.
            while !ring.write(item, UnsafeBufferPointer(block)) {}
        }
    }
    let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: samples)
    defer { block.deallocate() }
    var isRight = true
    var k = 0
    while k < count {
        guard let item = ring.take(into: block) else { continue }
        isRight =
            isRight && item.firstCounter == UInt64(k) && block[0] == Float(k & 0xFFFF) && block[samples - 1] == block[0]
        k += 1
    }
    producer.join()
    let seconds = HostTime.now() - begin
    return isRight ? seconds : -1
}

func ringDelays(count: Int, interval_ns: Int64) throws -> [Int64] {
    let shared = Shared(capacity: 1024)
    let producer = try WorkerThread("producer") {
        var due = HostTime.now().nanoseconds
        for _ in 0..<count {
            due += interval_ns
            while HostTime.now().nanoseconds < due {}
            while shared.ring.write(
                upTo: 1,
                {
                    $0[0] = UInt64(HostTime.now().nanoseconds); return 1
                }) == 0
            {}
        }
    }
    var delays = [Int64](repeating: 0, count: count)
    for k in 0..<count {
        var sent: UInt64 = 0
        while shared.ring.read(
            upTo: 1,
            {
                sent = $0[0]; return 1
            }) == 0
        {}
        delays[k] = HostTime.now().nanoseconds - Int64(sent)
    }
    producer.join()
    return delays
}
