import Foundation
import RealTime
import Signals
import Testing
import Transports

@Suite struct TermiosTransportTests {
    @Test func `bytes go both ways unchanged, all 256 of them`() throws {
        let end = TerminalEnd()
        let transport = try SerialTransport.open(end.path, baudRate: 115_200, waker: nil)
        defer { transport.close() }
        #expect(transport.backend == "termios")
        let all = (0...255).map { UInt8($0) }
        end.send(all)
        #expect(try transport.read().1 == all)
        try transport.write(all)
        #expect(end.receive(300) == all)
    }

    @Test func `silence is nothing, not an error`() throws {
        let end = TerminalEnd()
        let transport = try SerialTransport.open(end.path, baudRate: 57_600, waker: nil)
        defer { transport.close() }
        #expect(try transport.read(timeout: 0.01).0 == .nothing)
    }

    @Test func `bytes before a hang-up are delivered, then the device is gone`() throws {
        let end = TerminalEnd()
        let transport = try SerialTransport.open(end.path, baudRate: 115_200, waker: nil)
        defer { transport.close() }
        end.send([1, 2, 3])
        #expect(try transport.read().1 == [1, 2, 3])
        end.hangUp()
        #expect(transport.lossCode() == .gone)
        // It stays gone: no later read looks like silence.
        for _ in 0..<3 { #expect(transport.lossCode() == .gone) }
        #expect(throws: TransportError.self) { try transport.write([1]) }
    }

    @Test func `a waker ends a wait`() throws {
        let end = TerminalEnd()
        let waker = try Waker()
        let transport = try SerialTransport.open(end.path, baudRate: 115_200, waker: waker)
        defer { transport.close() }
        waker.wake()
        let watch = Stopwatch()
        #expect(try transport.read(timeout: 1).0 == .nothing)
        #expect(watch.seconds < 0.9 + watch.lost)
        // And only once.
        let again = HostTime.now()
        #expect(try transport.read(timeout: 0.05).0 == .nothing)
        #expect(HostTime.now() - again > 0.04)
    }

    @Test func `a second program is refused, and closing lets it in`() throws {
        let end = TerminalEnd()
        let first = try SerialTransport.open(end.path, baudRate: 115_200, waker: nil)
        let error = openingError { () throws(TransportError) in
            try SerialTransport.open(end.path, baudRate: 115_200, waker: nil)
        }
        #expect(error?.code == .busy && error?.port == end.path && error?.remedy != nil)
        first.close()
        first.close()
        let second = try SerialTransport.open(end.path, baudRate: 115_200, waker: nil)
        second.close()
    }

    @Test func `what is no serial port is refused by name`() throws {
        let file = NSTemporaryDirectory() + "larmor-no-port-\(ProcessInfo.processInfo.processIdentifier)"
        _ = FileManager.default.createFile(atPath: file, contents: Data([1]))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let cases: [(String, Int, TransportError.Code)] = [
            ("/dev/there-is-none", 115_200, .absent), (file, 115_200, .unsupported),
        ]
        for (port, rate, code) in cases {
            let error = openingError { () throws(TransportError) in
                try SerialTransport.open(port, baudRate: rate, waker: nil)
            }
            #expect(error?.code == code && error?.port == port)
        }
    }

    @Test func `a baud rate that there is not is refused`() throws {
        let end = TerminalEnd()
        let error = openingError { () throws(TransportError) in
            try SerialTransport.open(end.path, baudRate: 12_345, waker: nil)
        }
        #expect(error?.code == .unsupported)
    }
}
