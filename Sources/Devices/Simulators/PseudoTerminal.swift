import CLinux
import Glibc

/// A pseudo-terminal whose far end a driver opens like a serial port.
public final class PseudoTerminal {
    /// "/dev/pts/N".
    public let path: String
    private(set) var descriptor: Int32
    /// Kept open, so that a driver that comes and goes does not hang the line up.
    private let farEnd: Int32
    private var links: [String] = []

    /// - Throws: ``SimulatorError`` when the system gives none.
    public init() throws(SimulatorError) {
        // Both ends are never open without O_CLOEXEC: a program that another thread starts meanwhile would keep the line up.
        let near = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        var name = [CChar](repeating: 0, count: 128)
        guard near >= 0, grantpt(near) == 0, unlockpt(near) == 0, ptsname_r(near, &name, name.count) == 0 else {
            throw Self.refused(closing: near)
        }
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        farEnd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard farEnd >= 0 else { throw Self.refused(closing: near) }
        descriptor = near
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var settings = termios()
        tcgetattr(farEnd, &settings)
        cfmakeraw(&settings)
        tcsetattr(farEnd, TCSANOW, &settings)
    }

    private static func refused(closing descriptor: Int32) -> SimulatorError {
        let cause = String(cString: strerror(errno))
        if descriptor >= 0 { close(descriptor) }
        return SimulatorError("the system gives no pseudo-terminal: \(cause)")
    }

    deinit { hangUp() }

    /// What unplugging does: links go, the driver's reads end and its writes fail. Harmless the second time.
    func hangUp() {
        guard descriptor >= 0 else { return }
        for link in links { unlink(link) }
        close(farEnd)
        close(descriptor)
        descriptor = -1
    }

    /// Puts a symbolic link to the terminal at `path`, in place of another link.
    public func link(at path: String) throws(SimulatorError) {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK { unlink(path) }
        guard symlink(self.path, path) == 0 else {
            throw SimulatorError(
                "\(path): no link can be put there: \(String(cString: strerror(errno)))",
                remedy: "name a path where nothing is")
        }
        links.append(path)
    }

    /// Bytes that the driver sent; empty when none came within the time.
    func read(timeout: Double) -> [UInt8] {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, Int32((timeout * 1000).rounded(.up))) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    /// Sends bytes; what finds the line full is lost, as on a real line without flow control.
    /// - Returns: the number of bytes that went out.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Int { max(0, Glibc.write(descriptor, bytes, bytes.count)) }
}
