public import Failures
import Glibc

/// The page cannot be served.
public enum PageServerError: Failure, Equatable {
    /// The address is no number of this machine's, such as 127.0.0.1.
    case address(String)
    /// Every address but the loopback's needs a token.
    case tokenNeeded(String)
    /// The system refused a call, with its number.
    case system(address: String, port: UInt16, call: String, code: Int32)

    public var kind: FailureKind {
        switch self {
        case .address, .tokenNeeded: .usage
        case .system(_, _, _, let code): [EADDRINUSE, EACCES, EADDRNOTAVAIL].contains(code) ? .unavailable : .system
        }
    }

    public var description: String {
        switch self {
        case .address(let text):
            "the page's address is “\(text)”, expected an IPv4 address in numbers, such as 127.0.0.1 or 192.168.1.20"
        case .tokenNeeded(let address):
            "the page is not offered on \(address) without a token: others could begin and end recordings; name a file for it with --page-token-file FILE, which is made where there is none"
        case .system(let address, let port, let call, let code):
            "the page cannot be offered on \(address):\(port) (\(call): \(String(cString: strerror(code))))"
                + (code == EADDRINUSE
                    ? "; end the other program that has the port, or name another one, 0 for a free one"
                    : code == EACCES ? "; name a port from 1024 on" : "")
        }
    }
}
