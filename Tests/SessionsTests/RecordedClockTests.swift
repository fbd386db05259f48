import Sessions
import Signals
import Testing

struct RecordedClockTests {
    private func block(_ counter: UInt64, _ frames: Int, at seconds: Double) -> SampleRingItem {
        SampleRingItem(
            stream: 0, channels: 1, frames: frames, firstCounter: counter, missingBefore: 0,
            hostTime: HostTime(seconds: seconds))
    }

    @Test func `samples around a hole have the times of their counters, less the known delay`() {
        var clock = RecordedClock(nominalRate: 100, latency: 0.02)
        for index in 0..<500 { clock.take(block(UInt64(index), 1, at: 10 + Double(index) / 100)) }
        for index in 700..<1000 { clock.take(block(UInt64(index), 1, at: 10 + Double(index) / 100)) }
        let stamps = clock.stamps()
        let expected = (Array(0..<500) + Array(700..<1000)).map { 10 + Double($0) / 100 - 0.02 }
        #expect(stamps.count == 800 && clock.samples == 800)
        #expect(zip(stamps, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func `a device that came back has a clock of its own from there on, and times only grow`() {
        var clock = RecordedClock(nominalRate: 100)
        for index in 0..<1000 { clock.take(block(UInt64(index), 1, at: 10 + Double(index) / 100)) }
        clock.note(DeviceEvent(code: .reconnected, value: 1, hostTime: HostTime(seconds: 25)))
        // Its counter was put forward by what the clock said, 30 ms too far.
        for index in 0..<1000 { clock.take(block(UInt64(1503 + index), 1, at: 25 + Double(index) / 100)) }
        let stamps = clock.stamps()
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
        #expect(stamps.enumerated().allSatisfy { abs($1 - ($0 < 1000 ? 10 : 15) - Double($0) / 100) < 1e-4 })
    }

    @Test func `a stream without samples has no times`() { #expect(RecordedClock(nominalRate: 250).stamps().isEmpty) }
}
