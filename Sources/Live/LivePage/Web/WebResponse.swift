/// Status of an answer.
public enum WebStatus: Int, Error, Sendable {
    case ok = 200, noContent = 204, badRequest = 400, unauthorised = 401, forbidden = 403, notFound = 404
    case methodNotAllowed = 405, requestTimeout = 408, contentTooLarge = 413, targetTooLong = 414, upgradeRequired = 426
    case tooManyRequests = 429, headTooLarge = 431, unavailable = 503

    var words: String {
        switch self {
        case .ok: "OK"
        case .noContent: "No Content"
        case .badRequest: "Bad Request"
        case .unauthorised: "Unauthorized"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .requestTimeout: "Request Timeout"
        case .contentTooLarge: "Content Too Large"
        case .targetTooLong: "URI Too Long"
        case .upgradeRequired: "Upgrade Required"
        case .tooManyRequests: "Too Many Requests"
        case .headTooLarge: "Request Header Fields Too Large"
        case .unavailable: "Service Unavailable"
        }
    }
}

/// An answer to one request.
struct WebResponse {
    var status = WebStatus.ok
    var type = "text/plain; charset=utf-8"
    var body: [UInt8] = []
    var headers: [(name: String, value: String)] = []

    init(_ type: String, _ body: [UInt8]) {
        self.type = type
        self.body = body
    }

    /// A status alone, with a sentence for people.
    init(_ status: WebStatus, _ text: String = "") {
        self.status = status
        body = Array((text.isEmpty ? status.words : text).utf8) + [0x0A]
    }

    /// Nothing of another origin is loaded, nobody may frame the page, and nothing of it is kept.
    private static let safety = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ]

    /// - Parameters:
    ///   - hasBody: false for HEAD.
    ///   - isLast: the connection is closed after it.
    func bytes(hasBody: Bool, isLast: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(status.rawValue) \(status.words)\r\n"
        for (name, value) in Self.safety + headers.map({ ($0.name, $0.value) }) { text += "\(name): \(value)\r\n" }
        if status != .noContent { text += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n" }
        text += "Connection: \(isLast ? "close" : "keep-alive")\r\n\r\n"
        return Array(text.utf8) + (hasBody && status != .noContent ? body : [])
    }
}
