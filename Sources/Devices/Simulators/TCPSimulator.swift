import CLinux
import Glibc
import Signals

/// Serves a device's firmware over TCP on the loopback interface, at the pace of its own clock and under a fault plan; one host at
/// a time.
public final class TCPSimulator<Firmware: SimulatedFirmware> {
    /// "127.0.0.1:PORT".
    public let address: String
    private let listener: Int32
    private var clock: FirmwareClock<Firmware>

    /// - Parameter port: 0 takes a free one.
    /// - Throws: ``SimulatorError`` when the port is taken.
    public init(
        _ firmware: Firmware, port: UInt16 = 0, plan: FaultPlan = FaultPlan(), drift_ppm: Double = 0
    ) throws(SimulatorError) {
        clock = FirmwareClock(firmware, plan: plan, drift_ppm: drift_ppm)
        (listener, address) = try Self.listen(port)
    }

    deinit { close(listener) }

    private static func listen(_ port: UInt16) throws(SimulatorError) -> (Int32, String) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_port = port.bigEndian
        inet.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &inet) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && Glibc.listen(listener, 1) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        guard isBound else {
            let cause = String(cString: strerror(errno))
            close(listener)
            throw SimulatorError(
                "127.0.0.1:\(port) cannot be served: \(cause)", remedy: "choose another --port")
        }
        return (listener, "127.0.0.1:\(UInt16(bigEndian: inet.sin_port))")
    }

    public func serve(until isDone: () -> Bool) {
        while !isDone() {
            var poll = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, 20) > 0 else { continue }
            let connection = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
            guard connection >= 0 else { continue }
            var one: Int32 = 1
            setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
            let pause = serve(connection, isDone)
            close(connection)
            let back = HostTime.now() + pause
            while HostTime.now() < back, !isDone() { WorkerThread.sleep(0.01) }
        }
    }

    /// - Returns: seconds until the device may be reached again.
    private func serve(_ connection: Int32, _ isDone: () -> Bool) -> Double {
        clock.restart()
        guard Self.send(connection, clock.firmware.connect()) else { return 0 }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !isDone() {
            var poll = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            if Glibc.poll(&poll, 1, 2) > 0 {
                let count = read(connection, &buffer, buffer.count)
                guard count > 0 else { return 0 }
                guard Self.send(connection, clock.receive(Array(buffer[0..<count]))) else { return 0 }
            }
            for delivery in clock.deliveries(at: .now()) {
                switch delivery {
                case .bytes(let bytes, _, _): guard Self.send(connection, bytes) else { return 0 }
                case .hangUp(let at, let until): return until - at
                }
            }
        }
        return 0
    }

    private static func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    connection, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 {
                if errno == EINTR { continue }
                return false
            }
            sent += count
        }
        return true
    }
}
