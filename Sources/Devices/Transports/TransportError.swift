public import Failures
import Glibc

/// Why a port cannot be used, and what to do about it.
public struct TransportError: Failure, Equatable {
    /// The kind of failure. A struct, so that new kinds do not break a caller's switch.
    public struct Code: Hashable, Sendable {
        let name: String
        /// There is no such port.
        public static let absent = Code(name: "absent")
        /// It was there and is gone: unplugged, hung up, closed by the other side.
        public static let gone = Code(name: "gone")
        /// Another program has the device.
        public static let busy = Code(name: "busy")
        /// This user may not open it; the remedy says what to do.
        public static let permission = Code(name: "permission")
        /// No answer in time.
        public static let timeout = Code(name: "timeout")
        /// The port does not do what was asked (rate, format, baud rate).
        public static let unsupported = Code(name: "unsupported")
        /// The device answers, but not as its protocol says.
        public static let protocolViolation = Code(name: "protocol violation")
        /// The wait was ended by ``Waker/stop()``.
        public static let cancelled = Code(name: "cancelled")
        /// A library that is loaded at run time is not installed.
        public static let missingLibrary = Code(name: "missing library")
        /// Anything else; the detail says what.
        public static let failed = Code(name: "failed")
    }

    /// The kind of failure.
    public var code: Code
    /// The port as the user named it: "/dev/ttyUSB0", "plughw:0,0", "127.0.0.1:7373".
    public var port: String
    /// What was expected and what came.
    public var detail: String
    /// What the user can do; nil where nobody knows.
    public var remedy: String?
    /// The system's error number; 0 when there is none.
    public var errorNumber: Int32

    public init(_ code: Code, port: String, detail: String, remedy: String? = nil, errorNumber: Int32 = 0) {
        self.code = code
        self.port = port
        self.detail = detail
        self.remedy = remedy
        self.errorNumber = errorNumber
    }

    public var kind: FailureKind { .unavailable }

    public var description: String { "\(port): \(detail)" + (remedy.map { "; \($0)" } ?? "") }

    /// The error for a failed system call.
    static func system(_ call: String, port: String, errno number: Int32) -> TransportError {
        let text = "\(call): " + String(cString: strerror(number))
        switch number {
        case ENOENT, ENXIO:
            return TransportError(
                .absent, port: port, detail: "there is no such port (\(text))",
                remedy: "plug the device in; `larmor devices` lists what is there", errorNumber: number)
        case EACCES, EPERM:
            return TransportError(
                .permission, port: port, detail: "this user may not open it (\(text))",
                remedy: "add the user to the group dialout (serial) or audio (sound) and log in again",
                errorNumber: number)
        case EBUSY, EWOULDBLOCK:
            return TransportError(
                .busy, port: port, detail: "another program has it open (\(text))", remedy: "close that program",
                errorNumber: number)
        case ECONNREFUSED:
            return TransportError(
                .absent, port: port, detail: "nothing answers there (\(text))", remedy: "start the device or its server",
                errorNumber: number)
        case EIO, ENODEV, EPIPE, ECONNRESET, EBADF, ENOTCONN:
            return TransportError(.gone, port: port, detail: "the device is gone (\(text))", errorNumber: number)
        case ETIMEDOUT:
            return TransportError(.timeout, port: port, detail: "no answer in time (\(text))", errorNumber: number)
        default:
            return TransportError(.failed, port: port, detail: text, errorNumber: number)
        }
    }
}
