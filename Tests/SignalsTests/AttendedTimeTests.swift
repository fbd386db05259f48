import Signals
import Testing

@Suite struct AttendedTimeTests {
    private let clock = VirtualClock()

    @Test func `waits that end in time count as long as they took`() {
        var attended = AttendedTime()
        for _ in 0..<4 { attended.add(asked: 0.5, by: clock) { clock.sleep(0.25) } }
        #expect(attended.seconds == 1 && attended.moment == HostTime(seconds: 1))
    }

    @Test(arguments: [0.2, 3, 4000]) func `of a wait that ends late no more counts than was asked for`(pause: Double) {
        var attended = AttendedTime()
        for _ in 0..<10 { attended.add(asked: 0.1, by: clock) { clock.sleep(pause) } }
        #expect(abs(attended.seconds - 10 * (0.1 + AttendedTime.grace)) < 1e-9)
    }

    @Test func `a wait that fails counts, and a clock that steps back takes nothing`() {
        struct Lost: Error {}
        var attended = AttendedTime()
        #expect(throws: Lost.self) {
            try attended.add(asked: 1, by: clock) { () throws(Lost) in
                clock.sleep(0.5)
                throw Lost()
            }
        }
        attended.add(-7, asked: 1)
        #expect(attended.seconds == 0.5)
    }
}
