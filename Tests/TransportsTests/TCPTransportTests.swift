import Glibc
import RealTime
import Signals
import Synchronization
import Testing
import Transports

@Suite struct TCPTransportTests {
    private func connected(_ end: SocketEnd) throws -> TCPTransport {
        let transport = try TCPTransport(end.address, waker: nil)
        end.accept()
        return transport
    }

    @Test func `bytes go both ways`() throws {
        let end = SocketEnd()
        let transport = try connected(end)
        defer { transport.close() }
        end.send([1, 2, 3])
        #expect(try transport.read().1 == [1, 2, 3])
        try transport.write([4, 5])
        #expect(end.receive(10) == [4, 5])
        #expect(try transport.read(timeout: 0.01).0 == .nothing)
    }

    @Test func `bytes before the end are delivered, then the device is gone`() throws {
        let end = SocketEnd()
        let transport = try connected(end)
        defer { transport.close() }
        end.send([7])
        end.hangUp()
        #expect(try transport.read().1 == [7])
        #expect(transport.lossCode() == .gone)
        #expect(transport.lossCode() == .gone)
    }

    @Test func `a reset connection is gone`() throws {
        let end = SocketEnd()
        let transport = try connected(end)
        defer { transport.close() }
        end.reset()
        #expect(transport.lossCode() == .gone)
    }

    @Test func `writing to a peer that went away is an error, not the end of this process`() throws {
        let end = SocketEnd()
        let transport = try connected(end)
        defer { transport.close() }
        end.reset()
        var codes: [TransportError.Code] = []
        for _ in 0..<20 {
            do throws(TransportError) { try transport.write([1]) } catch { codes.append(error.code) }
        }
        #expect(!codes.isEmpty && codes.allSatisfy { $0 == .gone })
    }

    @Test func `nobody there, no such host and no port are three different errors`() {
        let taken = SocketEnd().address  // Closed again by now: nobody listens there.
        let cases: [(String, TransportError.Code)] = [
            (taken, .absent), ("no-such-host.invalid:7373", .absent), ("127.0.0.1", .unsupported),
            ("127.0.0.1:70000", .unsupported),
        ]
        for (address, code) in cases {
            let error = openingError { () throws(TransportError) in try TCPTransport(address, waker: nil) }
            #expect(error?.code == code && error?.port == address, "\(address)")
        }
    }

    @Test func `after closing no byte moves`() throws {
        let end = SocketEnd()
        let transport = try connected(end)
        transport.close()
        transport.close()
        #expect(throws: TransportError.self) { _ = try transport.read(timeout: 0.01) }
        #expect(throws: TransportError.self) { try transport.write([1]) }
    }

    /// The resolver's answer for a numeric address; the caller frees it.
    private func resolved(_ host: String, _ port: Substring) throws -> UnsafeMutablePointer<addrinfo> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        try #require(getaddrinfo(host, String(port), &hints, &found) == 0)
        return try #require(found)
    }

    @Test func `a name that is ::1 first reaches a server that listens on 127.0.0.1 only`() throws {
        let end = SocketEnd()
        let port = try #require(end.address.split(separator: ":").last)
        let (six, four) = (try resolved("::1", port), try resolved("127.0.0.1", port))
        defer {
            six.pointee.ai_next = nil
            freeaddrinfo(six)
            freeaddrinfo(four)
        }
        six.pointee.ai_next = four
        let descriptor = try TCPTransport.connect(toOneOf: six, port: "localhost", timeout: 2)
        close(descriptor)
    }

    @Test func `when no address of a name answers, the one that refuses is told`() throws {
        let taken = SocketEnd().address  // Closed again by now: nobody listens there.
        let port = try #require(taken.split(separator: ":").last)
        let (four, six) = (try resolved("127.0.0.1", port), try resolved("::1", port))
        defer {
            four.pointee.ai_next = nil
            freeaddrinfo(six)
            freeaddrinfo(four)
        }
        four.pointee.ai_next = six
        let error = openingError { () throws(TransportError) in
            _ = try TCPTransport.connect(toOneOf: four, port: "localhost", timeout: 2)
            return try TCPTransport("127.0.0.1", waker: nil)
        }
        #expect(error?.code == .absent && error?.errorNumber == ECONNREFUSED)
    }

    @Test func `signals while a connection is made take nothing off its time`() throws {
        // A listener whose queue is full answers nobody: on loopback the request is dropped.
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(listener) }
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        func withAddress(_ body: (UnsafeMutablePointer<sockaddr>) -> Int32) -> Int32 {
            withUnsafeMutablePointer(to: &inet) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
        }
        try #require(withAddress { bind(listener, $0, size) } == 0)
        try #require(listen(listener, 0) == 0)
        try #require(withAddress { getsockname(listener, $0, &size) } == 0)
        var waiting: [Int32] = []
        defer { for descriptor in waiting { close(descriptor) } }
        for _ in 0..<4 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
            _ = withAddress { connect(descriptor, $0, size) }
            waiting.append(descriptor)
        }
        signal(SIGUSR1) { _ in }
        let connecting = pthread_self()
        let port = UInt16(bigEndian: inet.sin_port)
        var isDisturbed = false
        // Again where the machine did not let the disturber run.
        try waitUntil {
            let disturber = try Disturber(connecting)
            let begin = HostTime.now()
            let error = openingError { () throws(TransportError) in
                try TCPTransport("127.0.0.1:\(port)", waker: nil, timeout: 0.5)
            }
            let (waited, signals) = (HostTime.now() - begin, disturber.signals)
            disturber.stop()
            #expect(error?.code == .timeout)
            #expect(waited >= 0.5, "\(waited) s, \(signals) signals")
            isDisturbed = signals > 3
            return isDisturbed
        }
        #expect(isDisturbed)
    }
}

/// Sends a signal to a thread every 20 ms.
private final class Disturber: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let sent = Atomic<Int>(0)
    private let thread = Mutex<WorkerThread?>(nil)

    init(_ target: pthread_t) throws {
        let thread = try WorkerThread("disturber") { [self] in
            while !isOver.load(ordering: .acquiring) {
                WorkerThread.sleep(0.02)
                pthread_kill(target, SIGUSR1)
                sent.wrappingAdd(1, ordering: .relaxed)
            }
        }
        self.thread.withLock { $0 = thread }
    }

    var signals: Int { sent.load(ordering: .relaxed) }

    func stop() {
        isOver.store(true, ordering: .releasing)
        thread.withLock { $0 }?.join()
    }
}
