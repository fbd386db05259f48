import Crypto
import Foundation
import Signals

/// What there is to ask for. Every path is one of this list: no path of a request ever reaches the file system.
///
/// | path | what |
/// |---|---|
/// | `/`, `/subject`, `/NAME.js`, `/style.css` | the pages, which are part of the program |
/// | `/live`, `/subject/live` | WebSockets: everything, and to a subject the prompts alone |
/// | `/api/state` | the state as JSON |
/// | `/metrics` | Prometheus' text |
/// | `/login` | gives a browser that knows the token its cookie |
struct PageSite {
    enum Answer {
        case response(WebResponse)
        case upgrade(accept: String, isSubject: Bool)
    }

    private let server: PageServer
    private let files: [String: WebResponse]
    /// For everybody: without them nobody could give the token.
    private static let open: Set<String> = ["/login.js", "/style.css"]

    /// What a subject's page must know first.
    let subjectHello = "{\"type\":\"hello\",\"mode\":\"subject\"}"

    init(_ server: PageServer) {
        self.server = server
        files = PageFiles.all
    }

    func answer(to request: WebRequest) -> Answer {
        let isOpen = Self.open.contains(request.path)
        switch server.access.refusal(request, isOpen: isOpen) {
        case .unauthorised?:
            guard request.path == "/" || request.path == "/subject", var form = files["/login"] else {
                var response = WebResponse(.unauthorised, "the token is needed: Authorization: Bearer TOKEN")
                response.headers = [("WWW-Authenticate", "Bearer")]
                return .response(response)
            }
            form.status = .unauthorised
            form.headers = [("WWW-Authenticate", "Bearer")]
            return .response(form)
        case let status?: return .response(WebResponse(status, "this page is of another address"))
        case nil: break
        }
        switch request.path {
        case "/live": return upgrade(request, isSubject: false)
        case "/subject/live": return upgrade(request, isSubject: true)
        case "/login": return .response(login(request))
        case "/metrics":
            return .response(
                WebResponse(
                    "text/plain; version=0.0.4; charset=utf-8",
                    Array(PrometheusText.text(server).utf8)))
        case "/api/state":
            return .response(
                WebResponse("application/json", Array((server.hub.state(at: .now()) + "\n").utf8)))
        default:
            guard let file = files[request.path] else { return .response(WebResponse(.notFound)) }
            return .response(file)
        }
    }

    private func login(_ request: WebRequest) -> WebResponse {
        var response = WebResponse(.noContent)
        // The token came with the request: it was needed to get here.
        if let value = request.header("authorization"), server.access.needsToken {
            let token = String(value.dropFirst(7).trimmingSpaces)
            guard PageAccess.isToken(token) else { return WebResponse(.badRequest) }
            response.headers = [
                ("Set-Cookie", "\(server.access.cookie)=\(token); HttpOnly; SameSite=Strict; Path=/; Max-Age=604800")
            ]
        }
        return response
    }

    private func upgrade(_ request: WebRequest, isSubject: Bool) -> Answer {
        guard request.method == .get, request.isCurrent, request.hasWord("websocket", in: "upgrade"),
            request.hasWord("upgrade", in: "connection")
        else {
            var response = WebResponse(.upgradeRequired, "this is a WebSocket")
            response.headers = [("Upgrade", "websocket")]
            return .response(response)
        }
        guard request.header("sec-websocket-version") == "13", let key = request.header("sec-websocket-key"),
            Data(base64Encoded: key)?.count == 16
        else {
            var response = WebResponse(.upgradeRequired, "version 13 of WebSockets is needed, with a key")
            response.headers = [("Sec-WebSocket-Version", "13")]
            return .response(response)
        }
        return .upgrade(accept: WebSocketFrame.accept(key), isSubject: isSubject)
    }
}

enum PageText {
    /// A text as JSON writes it.
    static func json(_ text: String) -> String {
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
