import Glibc

/// The timer after which an FTDI chip hands on bytes that do not fill a packet: 16 ms by default, 1 ms for low delay.
///
/// - Source: the kernel's ftdi_sio driver, attribute `latency_timer` of the port.
public struct FTDILatencyTimer: Sendable, Equatable {
    /// The port's attribute file; nil when the port has no such timer.
    private let path: String
    /// How long the chip keeps a few bytes before it sends them.
    public private(set) var milliseconds: Int

    /// - Parameters:
    ///   - port: "/dev/ttyUSB0", or a link to it.
    ///   - root: where /sys is.
    /// - Returns: nil when the port is no FTDI port of the kernel's driver.
    public init?(port: String, root: String = "/sys") {
        guard let name = Self.realName(port) else { return nil }
        path = "\(root)/bus/usb-serial/devices/\(name)/latency_timer"
        guard let value = Self.read(path) else { return nil }
        milliseconds = value
    }

    /// Whether this user may set it.
    public var isSettable: Bool { access(path, W_OK) == 0 }

    /// Sets it, where that is permitted.
    /// - Returns: whether it has the value now.
    @discardableResult
    public mutating func set(milliseconds: Int) -> Bool {
        if self.milliseconds == milliseconds { return true }
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        let text = Array("\(milliseconds)\n".utf8)
        guard write(file, text, text.count) == text.count, let value = Self.read(path) else { return false }
        self.milliseconds = value
        return value == milliseconds
    }

    /// Last part of the port's path; of a link's target for names like /dev/serial/by-id/….
    private static func realName(_ port: String) -> String? {
        func last(_ path: String) -> String? { path.split(separator: "/").last.map(String.init) }
        guard let name = last(port), !name.hasPrefix("tty") else { return last(port) }
        var buffer = [CChar](repeating: 0, count: 1024)
        let count = readlink(port, &buffer, buffer.count - 1)
        guard count > 0 else { return name }
        return last(String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    private static func read(_ path: String) -> Int? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self))
    }
}
