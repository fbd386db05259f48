import CSerialPort
import Glibc

/// A serial port through libserialport.
///
/// Only opening, settings and closing are the library's: its blocking read spins on a hung-up port and its non-blocking one
/// says 0 for "nothing" and "gone" alike, so bytes move through the port's own descriptor.
final class LibSerialPortTransport: Transport {
    let backend = "libserialport"
    let framing = TransportFraming.stream
    let port: String
    private var handle: OpaquePointer?
    private let io: DescriptorIO

    /// - Returns: nil when libserialport does not know the port.
    init?(_ port: String, baudRate: Int, waker: Waker?) throws(TransportError) {
        var found: OpaquePointer?
        guard sp_get_port_by_name(port, &found) == SP_OK, let handle = found else { return nil }
        self.port = port
        do throws(TransportError) {
            try Self.check(sp_open(handle, SP_MODE_READ_WRITE), "open", port)
        } catch {
            sp_free_port(handle)
            throw error
        }
        var descriptor: Int32 = -1
        do throws(TransportError) {
            try Self.check(sp_get_port_handle(handle, &descriptor), "handle", port)
            try lockPort(descriptor, port)
            try Self.check(sp_set_baudrate(handle, Int32(baudRate)), "baud rate \(baudRate)", port)
            try Self.check(sp_set_bits(handle, 8), "8 data bits", port)
            try Self.check(sp_set_parity(handle, SP_PARITY_NONE), "no parity", port)
            try Self.check(sp_set_stopbits(handle, 1), "1 stop bit", port)
            try Self.check(sp_set_flowcontrol(handle, SP_FLOWCONTROL_NONE), "no flow control", port)
            io = try DescriptorIO(descriptor: descriptor, port: port, waker: waker)
        } catch {
            sp_close(handle)
            sp_free_port(handle)
            throw error
        }
        self.handle = handle
    }

    deinit { close() }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        try io.read(into: buffer, timeout: timeout)
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        try io.write(bytes, timeout: timeout)
    }

    func close() {
        guard let handle else { return }
        sp_close(handle)
        sp_free_port(handle)
        self.handle = nil
        io.forget()
    }

    private static func check(_ result: sp_return, _ what: String, _ port: String) throws(TransportError) {
        guard result.rawValue < 0 else { return }
        if result == SP_ERR_SUPP {
            throw TransportError(.unsupported, port: port, detail: "the port does not take the setting: \(what)")
        }
        throw .system(what, port: port, errno: result == SP_ERR_FAIL ? sp_last_error_code() : EINVAL)
    }
}

/// Two programs on one port would each get half of its bytes: the second one is refused.
func lockPort(_ descriptor: Int32, _ port: String) throws(TransportError) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .system("lock", port: port, errno: errno) }
}
