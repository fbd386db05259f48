import RealTime
import Signals
import Testing
import Transports

/// The end of a wait's time, whatever an earlier wait has left of its timer.
struct ReadinessWaitTests {
    private func makePair() throws -> (PairSender, PairTransport) {
        let sender = try PairSender()
        return (sender, try PairTransport(sender, port: "pair", waker: nil))
    }

    private func silence(_ transport: PairTransport, timeout: Double) throws -> Double {
        let start = HostTime.now()
        #expect(try transport.read(timeout: timeout).0 == .nothing)
        return HostTime.now() - start
    }

    @Test func `a short wait after a long one that bytes ended is short`() throws {
        let (sender, transport) = try makePair()
        defer { transport.close() }
        sender.send([1])
        #expect(try transport.read(timeout: 1).0 == .bytes(1))
        let watch = Stopwatch()
        let waited = try silence(transport, timeout: 0.05)
        #expect(waited >= 0.05 && waited < 0.9 + watch.lost)
    }

    @Test func `a timer that called during earlier waits ends none too early and is set again`() throws {
        let (sender, transport) = try makePair()
        defer { transport.close() }
        // Longer than the timeout in all, each wait shorter: the timer of the first calls in the midst of a later one.
        for _ in 0..<12 {
            sender.send([1])
            #expect(try transport.read(timeout: 0.1).0 == .bytes(1))
            WorkerThread.sleep(0.02)
        }
        for _ in 0..<3 { #expect(try silence(transport, timeout: 0.1) >= 0.1) }
    }

    @Test func `bytes that come late in a wait end it`() throws {
        let (sender, transport) = try makePair()
        defer { transport.close() }
        sender.send([1])
        #expect(try transport.read(timeout: 0.05).0 == .bytes(1))
        let late = try WorkerThread("late sender") {
            WorkerThread.sleep(0.1)
            sender.send([2, 3])
        }
        #expect(try transport.read(timeout: patience).0 == .bytes(2))
        late.join()
    }

    @Test func `no time at all is a look`() throws {
        let (sender, transport) = try makePair()
        defer { transport.close() }
        #expect(try transport.read(timeout: 0).0 == .nothing)
        sender.send([1])
        #expect(try transport.read(timeout: 0).0 == .bytes(1))
    }
}
