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
}
