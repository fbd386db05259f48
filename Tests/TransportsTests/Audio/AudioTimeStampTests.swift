import Signals
import Testing
import Transports

struct AudioTimeStampTests {
    private let now = HostTime(seconds: 100)

    private func arrival(_ seconds: Int, _ nanoseconds: Int, available: Int = 480, taken: Int = 480) -> HostTime? {
        AudioTimeStamp.arrival(
            seconds: seconds, nanoseconds: nanoseconds, available: available, taken: taken, rate: 48_000, now: now)
    }

    @Test func `all waiting frames are taken: the stamp is the last one's`() {
        #expect(arrival(99, 990_000_000) == HostTime(nanoseconds: 99_990_000_000))
    }

    @Test func `frames that are left were captured after the last one taken`() {
        // 48 of 480 frames are left: 1 ms.
        #expect(arrival(99, 990_000_000, available: 480, taken: 432) == HostTime(nanoseconds: 99_989_000_000))
    }

    @Test func `frames that came meanwhile are later than the stamp, and never later than now`() {
        #expect(arrival(99, 990_000_000, available: 480, taken: 528) == HostTime(nanoseconds: 99_991_000_000))
        #expect(arrival(99, 999_900_000, available: 480, taken: 528) == now)
    }

    @Test func `a stamp of zero is none, and so is one of another clock`() {
        #expect(arrival(0, 0) == nil)
        #expect(arrival(1_700_000_000, 0) == nil)
        #expect(arrival(100, 1) == nil)
        #expect(arrival(94, 0) == nil)
    }

    @Test(arguments: [(0, 5), (Int.max, 0), (-1, 0), (5, -7)]) func `no stamp traps`(seconds: Int, nanoseconds: Int) {
        #expect(arrival(seconds, nanoseconds) == nil)
    }
}
