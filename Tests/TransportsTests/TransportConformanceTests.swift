import RealTime
import Signals
import Synchronization
import Testing
import Transports

/// What every transport must do, whatever carries its bytes.
@Suite struct TransportConformanceTests {
    enum Kind: String, CaseIterable, Sendable { case termios, tcp }

    /// A transport and its far side.
    private final class Pair {
        let transport: any Transport
        let hangUp: () -> Void
        let send: ([UInt8]) -> Void

        init(_ kind: Kind, waker: Waker? = nil) throws {
            switch kind {
            case .termios:
                let end = TerminalEnd()
                transport = try SerialTransport.open(end.path, baudRate: 115_200, waker: waker)
                hangUp = end.hangUp
                send = end.send
            case .tcp:
                let end = SocketEnd()
                transport = try TCPTransport(end.address, waker: waker)
                end.accept()
                hangUp = end.reset
                send = end.send
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `lost while idle and while reading is gone, at once and for ever`(kind: Kind) throws {
        let pair = try Pair(kind)
        pair.hangUp()
        let watch = Stopwatch()
        for _ in 0..<100 { #expect(pair.transport.lossCode() == .gone) }
        // Each answer comes at once: 100 of them would take 5 s if they waited.
        #expect(watch.seconds < 2.5 + watch.lost)
        pair.transport.close()
    }

    @Test(arguments: Kind.allCases)
    func `lost in the middle of a wait ends the wait`(kind: Kind) throws {
        let pair = try Pair(kind)
        let hangUp = Unchecked(pair.hangUp)
        let thread = try WorkerThread("far end") {
            WorkerThread.sleep(0.05)
            hangUp.value()
        }
        #expect(pair.transport.lossCode() == .gone)
        thread.join()
        pair.transport.close()
    }

    @Test(arguments: Kind.allCases)
    func `a line that takes no bytes is a time-out with their number, not a hang`(kind: Kind) throws {
        let pair = try Pair(kind)
        let flood = [UInt8](repeating: 0x55, count: 1 << 23)
        var found: TransportError?
        do throws(TransportError) { try pair.transport.write(flood, timeout: 0.1) } catch { found = error }
        #expect(found?.code == .timeout)
        #expect(found?.detail.contains("of 8388608 bytes") == true)
        pair.transport.close()
    }

    @Test(arguments: Kind.allCases)
    func `lost while writing is gone`(kind: Kind) throws {
        let pair = try Pair(kind)
        let hangUp = Unchecked(pair.hangUp)
        let thread = try WorkerThread("far end") {
            WorkerThread.sleep(0.05)
            hangUp.value()
        }
        var found: TransportError?
        do throws(TransportError) {
            try pair.transport.write([UInt8](repeating: 0x55, count: 1 << 23), timeout: patience)
        } catch { found = error }
        thread.join()
        #expect(found?.code == .gone)
        pair.transport.close()
    }

    @Test(arguments: Kind.allCases)
    func `closing twice is closing once, and no byte moves afterwards`(kind: Kind) throws {
        let pair = try Pair(kind)
        pair.send([1, 2, 3])
        pair.transport.close()
        pair.transport.close()
        #expect(throws: TransportError.self) { _ = try pair.transport.read(timeout: 0.01) }
        #expect(throws: TransportError.self) { try pair.transport.write([1]) }
    }

    @Test(arguments: Kind.allCases)
    func `a waker that was stopped ends this wait and all later ones`(kind: Kind) throws {
        let waker = try Waker()
        let pair = try Pair(kind, waker: waker)
        waker.stop()
        pair.send([1])
        for _ in 0..<3 {
            var found: TransportError?
            do throws(TransportError) { _ = try pair.transport.read(timeout: 1) } catch { found = error }
            #expect(found?.code == .cancelled)
        }
        // Saying good-bye is still possible.
        try pair.transport.write([2])
        pair.transport.close()
    }
}

/// Carries a closure to another thread; the test joins that thread before it goes on.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
