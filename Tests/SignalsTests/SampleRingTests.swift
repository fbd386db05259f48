import Signals
import Testing

@Suite struct SampleRingTests {
    private func block(_ counter: UInt64, frames: Int, channels: Int = 2, at time: Double = 0)
        -> SampleRingItem
    {
        SampleRingItem(
            stream: 0, channels: channels, frames: frames, firstCounter: counter, missingBefore: 0,
            hostTime: HostTime(seconds: time))
    }

    private func write(_ ring: SampleRing, _ item: SampleRingItem) -> Bool {
        (0..<item.sampleCount).map { Float(item.firstCounter) + Float($0) }
            .withUnsafeBufferPointer { ring.write(item, $0) }
    }

    @Test func `blocks and events come out in the order in which they went in`() throws {
        let ring = SampleRing(streams: 1, minimumItems: 8, minimumSamples: 64)
        #expect(write(ring, block(10, frames: 3, at: 1)))
        #expect(ring.write(DeviceEvent(code: .lost, value: 19, hostTime: HostTime(seconds: 2))))
        #expect(write(ring, block(20, frames: 1, at: 3)))
        var scratch = [Float](repeating: 0, count: 64)
        try scratch.withUnsafeMutableBufferPointer { buffer in
            let first = try #require(ring.take(into: buffer))
            #expect(first.firstCounter == 10 && first.frames == 3)
            #expect(Array(buffer[0..<6]) == [10, 11, 12, 13, 14, 15])
            let second = try #require(ring.take(into: buffer))
            #expect(second.event == DeviceEvent(code: .lost, value: 19, hostTime: HostTime(seconds: 2)))
            let third = try #require(ring.take(into: buffer))
            #expect(third.firstCounter == 20)
            #expect(ring.take(into: buffer) == nil)
        }
    }

    @Test func `refused frames are counted and reported before the next block`() throws {
        let ring = SampleRing(streams: 1, minimumItems: 8, minimumSamples: 8)
        #expect(write(ring, block(0, frames: 4)))
        #expect(write(ring, block(4, frames: 3)) == false)
        #expect(write(ring, block(7, frames: 2)) == false)
        #expect(ring.refusedFrames(stream: 0) == 5)
        var scratch = [Float](repeating: 0, count: 8)
        try scratch.withUnsafeMutableBufferPointer { buffer in
            _ = ring.take(into: buffer)
            #expect(write(ring, block(9, frames: 1)))
            let item = try #require(ring.take(into: buffer))
            #expect(item.firstCounter == 9 && item.missingBefore == 5)
        }
    }

    @Test func `an idle producer holds nobody up`() {
        let ring = SampleRing(streams: 1, minimumItems: 2, minimumSamples: 2)
        ring.publishWatermark(HostTime(seconds: 1))
        #expect(ring.watermark(now: HostTime(seconds: 5)) == HostTime(seconds: 1))
        ring.setIdle(true)
        #expect(ring.watermark(now: HostTime(seconds: 5)) == HostTime(seconds: 5))
        ring.setIdle(false)
        #expect(ring.watermark(now: HostTime(seconds: 6)) == HostTime(seconds: 1))
    }
}

@Suite struct WireRingTests {
    @Test func `records keep their kind, stamp and bytes, and a full ring counts what it refuses`() throws {
        let ring = WireRing(minimumRecords: 4, minimumBytes: 16)
        let bytes: [UInt8] = [1, 2, 3, 4, 5]
        #expect(bytes.withUnsafeBytes { ring.write(.received, $0, at: HostTime(seconds: 1)) })
        #expect(ring.write(DeviceEvent(code: .overrun, value: 480, hostTime: HostTime(seconds: 2))))
        #expect(bytes.withUnsafeBytes { ring.write(.received, $0, at: HostTime(seconds: 3)) } == false)
        #expect(ring.refusedBytes == 5)
        var scratch = [UInt8](repeating: 0, count: 16)
        try scratch.withUnsafeMutableBufferPointer { buffer in
            let first = try #require(ring.take(into: buffer))
            #expect(first.kind == .received && first.length == 5)
            #expect(Array(buffer[0..<5]) == bytes)
            let second = try #require(ring.take(into: buffer))
            #expect(second.kind == .event && second.length == 10)
            let event = DeviceEvent(
                wireBytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[0..<10]),
                at: second.hostTime)
            #expect(event == DeviceEvent(code: .overrun, value: 480, hostTime: HostTime(seconds: 2)))
        }
    }
}
