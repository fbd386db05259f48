import Glibc

/// A terminal device through plain termios: pseudo-terminals and other ports without an entry in /sys/class/tty.
final class TermiosTransport: Transport {
    let backend = "termios"
    let framing = TransportFraming.stream
    let port: String
    private var descriptor: Int32
    private let io: DescriptorIO

    init(_ port: String, baudRate: Int, waker: Waker?) throws(TransportError) {
        self.port = port
        descriptor = open(port, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", port: port, errno: errno) }
        do throws(TransportError) {
            try lockPort(descriptor, port)
            try Self.configure(descriptor, port: port, baudRate: baudRate)
            io = try DescriptorIO(descriptor: descriptor, port: port, waker: waker)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    deinit { close() }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        try io.read(into: buffer, timeout: timeout)
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        try io.write(bytes, timeout: timeout)
    }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
        io.forget()
    }

    private static func configure(_ descriptor: Int32, port: String, baudRate: Int) throws(TransportError) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else {
            throw TransportError(
                .unsupported, port: port, detail: "it is not a terminal device", remedy: "name a serial port",
                errorNumber: errno)
        }
        let speeds: [Int: Int32] = [
            9600: B9600, 19200: B19200, 38400: B38400, 57600: B57600, 115_200: B115200, 230_400: B230400,
            460_800: B460800, 921_600: B921600,
        ]
        guard let speed = speeds[baudRate] else {
            throw TransportError(.unsupported, port: port, detail: "baud rate \(baudRate) is not one that termios has")
        }
        cfmakeraw(&settings)
        settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
        cfsetspeed(&settings, speed_t(speed))
        guard tcsetattr(descriptor, TCSANOW, &settings) == 0 else {
            throw .system("tcsetattr", port: port, errno: errno)
        }
    }
}
