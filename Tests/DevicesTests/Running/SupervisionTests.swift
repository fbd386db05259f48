import Devices
import Signals
import Testing

@Suite struct SupervisionTests {
    private enum Step: CaseIterable { case opened, openingFailed, lost, stop }

    /// The states in words of their own, to check against.
    private enum Expected { case closed, streaming, away, stopped }

    @Test func `every order of seven events leads to the state that the rules give`() {
        let steps = Step.allCases
        var tried = 0
        for code in 0..<16_384 {  // 4⁷ sequences
            var supervision = Supervision()
            var expected = Expected.closed
            var openings: UInt64 = 0
            var number = code
            var now = HostTime(seconds: 100)
            for _ in 0..<7 {
                let step = steps[number % 4]
                number /= 4
                now = now + 1
                var event: DeviceEvent?
                switch step {
                case .opened: event = supervision.deviceOpened(at: now)
                case .openingFailed: supervision.openingFailed(at: now)
                case .lost: event = supervision.deviceLost(at: now, errorNumber: 5)
                case .stop: event = supervision.stopRequested(at: now)
                }
                switch (step, expected) {
                case (_, .stopped): #expect(event == nil)
                case (.stop, _):
                    #expect(event?.code == .stopped)
                    expected = .stopped
                case (.opened, .closed), (.opened, .away):
                    openings += 1
                    #expect(event?.code == (openings == 1 ? .started : .reconnected))
                    expected = .streaming
                case (.lost, .streaming):
                    #expect(event == DeviceEvent(code: .lost, value: 5, hostTime: now))
                    expected = .away
                default: #expect(event == nil)
                }
                #expect(supervision.openings == openings)
                switch (expected, supervision.action(at: now)) {
                // Away: an attempt is due half a second after the last one at the latest.
                case (.closed, .open), (.streaming, .stream), (.stopped, .finish), (.away, .open): break
                case (.away, .wait(let until)): #expect(until > now && until - now <= 0.5)
                case (let state, let action): Issue.record("\(state) after \(code): \(action)")
                }
                tried += 1
            }
        }
        #expect(tried == 16_384 * 7)
    }

    @Test func `the wait grows with each failed attempt and stays below half a second`() {
        var supervision = Supervision()
        var now = HostTime(seconds: 1)
        _ = supervision.deviceOpened(at: now)
        _ = supervision.deviceLost(at: now, errorNumber: 0)
        var waits: [Double] = []
        for _ in 0..<8 {
            guard case .wait(let until) = supervision.action(at: now) else {
                Issue.record("it does not wait")
                return
            }
            waits.append(until - now)
            now = until
            #expect(supervision.action(at: now) == .open)
            supervision.openingFailed(at: now)
        }
        #expect(waits == waits.sorted())
        #expect(abs(waits[0] - 0.1) < 1e-9 && waits.allSatisfy { $0 <= 0.5 + 1e-9 })
    }

    @Test func `a return says how many attempts it took`() {
        var supervision = Supervision()
        let now = HostTime(seconds: 1)
        _ = supervision.deviceOpened(at: now)
        _ = supervision.deviceLost(at: now, errorNumber: 0)
        supervision.openingFailed(at: now + 1)
        supervision.openingFailed(at: now + 2)
        #expect(supervision.deviceOpened(at: now + 3)?.value == 3)
    }
}
