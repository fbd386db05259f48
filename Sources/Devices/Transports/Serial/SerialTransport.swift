/// Opens serial ports: through libserialport where it knows the port, through termios for the paths that it does not know
/// (pseudo-terminals, symbolic links to them).
public enum SerialTransport {
    /// More bytes than the kernel keeps of a port that nobody reads: 64 KiB in the driver's buffers and 4 KiB in the terminal's.
    /// Who reads with less room cannot take a whole backlog in one piece.
    public static let longestBacklog = 1 << 17

    /// 8 data bits, no parity, 1 stop bit, no flow control.
    /// - Throws: ``TransportError`` (absent, permission, busy, unsupported).
    public static func open(_ port: String, baudRate: Int, waker: Waker?) throws(TransportError) -> any Transport {
        if let transport = try LibSerialPortTransport(port, baudRate: baudRate, waker: waker) {
            // An FTDI chip keeps bytes back for 16 ms by default. Where this user may not change that, it stays so;
            // `larmor devices` tells.
            if var timer = FTDILatencyTimer(port: port) { timer.set(milliseconds: 1) }
            return transport
        }
        return try TermiosTransport(port, baudRate: baudRate, waker: waker)
    }
}
