import Crypto

/// Who may see and use the page.
public struct PageAccess: Sendable {
    /// Names under which the page may be asked for, with their ports, in lower case.
    private let hosts: Set<String>
    /// What the machine's own numbers end with, where every address of it is listened on; a stranger's page comes under a name.
    private let anyNumber: String?
    /// SHA-256 of the token; nil where none is needed.
    private let token: [UInt8]?
    /// Browsers send a cookie to every port of a host, so its name holds the port.
    let cookie: String

    public var needsToken: Bool { token != nil }

    /// - Parameters:
    ///   - address: that is listened on.
    ///   - names: further names of the machine, such as that of a proxy with TLS in front.
    public init(address: String, port: UInt16, names: [String] = [], token: String? = nil) {
        var hosts: Set<String> = ["localhost:\(port)", "127.0.0.1:\(port)", "\(address):\(port)".lowercased()]
        if port == 80 { hosts.formUnion(["localhost", "127.0.0.1", address.lowercased()]) }
        for name in names {
            hosts.insert(name.lowercased())
            hosts.insert("\(name.lowercased()):\(port)")
        }
        self.hosts = hosts
        anyNumber = address == "0.0.0.0" ? ":\(port)" : nil
        self.token = token.map(Self.digest)
        cookie = "larmor-\(port)"
    }

    /// Why a request is refused; nil where it is not.
    ///
    /// A page of a stranger that points its own name at this machine has a foreign `Host`, and one that just asks has a foreign `Origin`.
    /// - Parameter isOpen: what it asks for is for everybody, such as the form for the token.
    public func refusal(_ request: WebRequest, isOpen: Bool = false) -> WebStatus? {
        guard let host = request.header("host")?.lowercased(), isOwn(host) else { return .forbidden }
        let origins = request.headers.filter { $0.name == "origin" }
        guard origins.count <= 1, origins.allSatisfy({ isOwn($0.value.lowercased(), host: host) }) else { return .forbidden }
        if token != nil, !isOpen, !hasToken(request) { return .unauthorised }
        return nil
    }

    private func isOwn(_ host: String) -> Bool {
        if hosts.contains(host) { return true }
        guard let anyNumber, host.hasSuffix(anyNumber) else { return false }
        let numbers = host.dropLast(anyNumber.count).split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.allSatisfy { $0.count <= 3 && UInt8($0) != nil }
    }

    private func isOwn(_ origin: String, host: String) -> Bool { origin == "http://" + host || origin == "https://" + host }

    /// `Authorization: Bearer TOKEN` of programs, or a browser's cookie.
    func hasToken(_ request: WebRequest) -> Bool {
        guard let token else { return true }
        return given(request).contains { Self.isSame(Self.digest($0), token) }
    }

    private static func digest(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// Looks at every byte, whatever the first ones are: the time tells nothing of the token.
    private static func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func given(_ request: WebRequest) -> [String] {
        var tokens: [String] = []
        if let value = request.header("authorization"), value.lowercased().hasPrefix("bearer ") {
            tokens.append(String(value.dropFirst(7).trimmingSpaces))
        }
        for header in request.headers where header.name == "cookie" {
            for part in header.value.split(separator: ";") {
                let pair = part.trimmingSpaces.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if pair.count == 2, pair[0] == cookie { tokens.append(String(pair[1])) }
            }
        }
        return tokens
    }

    /// Bytes of a token's alphabet, so that it fits into a cookie and a header.
    public static func isToken(_ text: String) -> Bool {
        (16...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }
}
