import Devices
import Signals
import Testing

/// The rules of section 6 of `firmware-protocols/riglink/README.md`, one test each, in simulated time.
struct DriveWindowTests {
    private func time(_ seconds: Double) -> HostTime { HostTime(seconds: seconds) }

    private func full(_ counters: ClosedRange<UInt64>) -> DriveWindow {
        var window = DriveWindow(capacity: counters.count)
        window.opened(lastAnswered: nil)
        for counter in counters { window.sent(counter: counter, at: time(0)) }
        return window
    }

    @Test func `an answer settles its frame and all before it`() {
        var window = full(10...13)
        let room1 = window.hasRoom(at: time(0.5))
        #expect(!room1)
        window.heard(lastAnswered: 12, dropped: 0, at: time(0.5))
        #expect(window.underWay == 1 && window.settled == 3)
        let room2 = window.hasRoom(at: time(0.5))
        #expect(room2)
    }

    @Test func `a status settles as many frames as it says were dropped`() {
        var window = full(0...3)
        window.heard(lastAnswered: nil, dropped: 3, at: time(0.1))
        window.heard(lastAnswered: nil, dropped: 3, at: time(0.2))
        #expect(window.underWay == 1)
        window.heard(lastAnswered: nil, dropped: 9, at: time(0.3))
        #expect(window.underWay == 0 && window.settled == 4)
    }

    @Test func `a second without news settles what is on its way`() {
        var window = full(0...3)
        window.heard(lastAnswered: 0, dropped: 0, at: time(0.8))
        window.sent(counter: 4, at: time(0.8))
        let room3 = window.hasRoom(at: time(1.7))
        #expect(!room3)
        let room4 = window.hasRoom(at: time(1.9))
        #expect(room4)
        #expect(window.underWay == 0 && window.settled == 5)
    }

    @Test func `an answer from before the opening is no news`() {
        var window = DriveWindow(capacity: 2)
        window.opened(lastAnswered: 7)
        window.sent(counter: 3, at: time(0))
        window.heard(lastAnswered: 7, dropped: 0, at: time(0.1))
        #expect(window.underWay == 1)
    }

    @Test func `counters wrap around the ring of places`() {
        var window = DriveWindow(capacity: 3)
        window.opened(lastAnswered: nil)
        for counter in 0..<100 as Range<UInt64> {
            let room5 = window.hasRoom(at: time(0))
            #expect(room5)
            window.sent(counter: counter, at: time(0))
            window.heard(lastAnswered: counter, dropped: 0, at: time(0))
            #expect(window.underWay == 0)
        }
        #expect(window.settled == 100)
    }
}
