import Signals
import Testing

@Suite struct RingBufferTests {
    @Test func `every layout of capacity, start and count gives back what was put in`() {
        for capacity in [1, 2, 4, 8, 16] {
            for start in 0..<capacity {
                for count in 0...capacity {
                    let ring = RingBuffer<Int>(minimumCapacity: capacity)
                    advance(ring, by: start)
                    let values = (0..<count).map { $0 * 7 + 1 }
                    let written = values.withUnsafeBufferPointer { ring.write(all: $0) }
                    #expect(written)
                    #expect(ring.count == count)
                    var out = [Int](repeating: 0, count: count)
                    let read = out.withUnsafeMutableBufferPointer { ring.read(all: $0) }
                    #expect(read)
                    #expect(out == values)
                    #expect(ring.count == 0)
                }
            }
        }
    }

    @Test func `a full ring refuses whole writes and keeps what it has`() {
        let ring = RingBuffer<Int>(minimumCapacity: 4)
        #expect([1, 2, 3].withUnsafeBufferPointer { ring.write(all: $0) })
        #expect([4, 5].withUnsafeBufferPointer { ring.write(all: $0) } == false)
        #expect(
            ring.write(upTo: 5) {
                $0[0] = 4; return 1
            } == 1)
        #expect(ring.write(upTo: 1) { _ in 1 } == 0)
        var seen: [Int] = []
        while ring.read({
            seen.append(contentsOf: $0); return $0.count
        }) > 0 {}
        #expect(seen == [1, 2, 3, 4])
    }

    @Test func `a lent span ends at the end of the memory`() {
        let ring = RingBuffer<UInt8>(minimumCapacity: 8)
        advance(ring, by: 6)
        var lent: [Int] = []
        ring.write(upTo: 8) {
            lent.append($0.count); return $0.count
        }
        ring.write(upTo: 8) {
            lent.append($0.count); return $0.count
        }
        #expect(lent == [2, 6])
    }

    @Test func `two threads see every value in order`() async {
        let ring = Shared(RingBuffer<UInt64>(minimumCapacity: 256))
        let total: UInt64 = 200_000
        let producer = Task.detached {
            var next: UInt64 = 0
            while next < total {
                let count = ring.value.write(upTo: 97) { span in
                    let n = min(span.count, Int(total - next))
                    for i in 0..<n { span[i] = next + UInt64(i) }
                    return n
                }
                next += UInt64(count)
                if count == 0 { await Task.yield() }
            }
        }
        var expected: UInt64 = 0
        var ordered = true
        while expected < total {
            let count = ring.value.read(upTo: 61) { span in
                for (i, value) in span.enumerated() where value != expected + UInt64(i) { ordered = false }
                return span.count
            }
            expected += UInt64(count)
            if count == 0 { await Task.yield() }
        }
        await producer.value
        #expect(ordered)
        #expect(ring.value.count == 0)
    }

    private func advance(
        _ ring: borrowing RingBuffer<some FixedWidthInteger & BitwiseCopyable>, by count: Int
    ) {
        for _ in 0..<count {
            ring.write(upTo: 1) { _ in 1 }
            ring.read(upTo: 1) { _ in 1 }
        }
    }
}

/// Lets two tasks hold one non-copyable ring.
private final class Shared: Sendable {
    let value: RingBuffer<UInt64>
    init(_ value: consuming RingBuffer<UInt64>) { self.value = value }
}
