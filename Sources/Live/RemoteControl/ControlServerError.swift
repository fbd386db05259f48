public import Failures
import Glibc

/// Remote control cannot be offered.
public struct ControlServerError: Failure, Equatable {
    /// On 127.0.0.1.
    public var port: UInt16
    public var call: String
    /// The system's number.
    public var code: Int32

    public var kind: FailureKind { code == EADDRINUSE || code == EACCES ? .unavailable : .system }

    public var description: String {
        let cause = String(cString: strerror(code))
        return switch code {
        case EADDRINUSE:
            "127.0.0.1:\(port) cannot be offered for remote control: another program, perhaps LabRecorder, has the port (\(call): \(cause)); "
                + "end it, or name another port: --control PORT, 0 for a free one"
        case EACCES: "127.0.0.1:\(port) cannot be offered for remote control (\(call): \(cause)); name a port from 1024 on"
        default: "127.0.0.1:\(port) cannot be offered for remote control (\(call): \(cause))"
        }
    }
}
