/// The head of one HTTP request, of those that a page needs: GET and HEAD, without a body.
public struct WebRequest: Equatable, Sendable {
    public enum Method: String, Sendable { case get = "GET", head = "HEAD" }

    /// What the bytes of a client are so far.
    public enum Step: Equatable, Sendable {
        /// More bytes are needed.
        case incomplete
        /// A request, and how many bytes it took.
        case whole(WebRequest, bytes: Int)
        /// No request that is served, and the status that says so; nothing more of this client is read.
        case refused(WebStatus)
    }

    public var method: Method
    /// As it was sent, up to a question mark. Nothing in it is decoded: a path is one of a list of names, or none.
    public var path: String
    /// Names in lower case, in their order.
    public var headers: [(name: String, value: String)]
    /// HTTP/1.1.
    public var isCurrent: Bool

    /// Bytes of the longest head, its headers, and its target.
    public static let longestHead = 8192
    public static let mostHeaders = 64
    public static let longestTarget = 1024

    public static func == (a: WebRequest, b: WebRequest) -> Bool {
        a.method == b.method && a.path == b.path && a.isCurrent == b.isCurrent
            && a.headers.elementsEqual(b.headers) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The only value of a header; nil where there is none or several.
    public func header(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }

    /// Whether a header of words in commas holds one of them, in whatever case.
    func hasWord(_ word: String, in name: String) -> Bool {
        headers.contains { header in
            header.name == name
                && header.value.split(separator: ",").contains { $0.trimmingSpaces.lowercased() == word }
        }
    }

    /// Reads a request from the start of what a client has sent.
    public static func step(_ bytes: some RandomAccessCollection<UInt8>) -> Step {
        let bytes = Array(bytes.prefix(longestHead + 1))
        guard let end = endOfHead(bytes) else {
            // What cannot become a request need not be waited for.
            if let first = bytes.first, !(0x41...0x5A).contains(first) { return .refused(.badRequest) }
            return bytes.count > longestHead ? .refused(.headTooLarge) : .incomplete
        }
        guard end + 4 <= longestHead else { return .refused(.headTooLarge) }
        guard bytes[..<end].allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x0D || $0 == 0x0A || $0 == 0x09 }) else {
            return .refused(.badRequest)
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).unicodeScalars
            .split(separator: "\n", omittingEmptySubsequences: false).map { line in
                String(String.UnicodeScalarView(line.last == "\r" ? line.dropLast() : line))
            }
        do throws(WebStatus) {
            var request = try WebRequest(line: lines[0])
            guard lines.count - 1 <= mostHeaders else { throw .headTooLarge }
            for line in lines.dropFirst() { request.headers.append(try header(line)) }
            try request.check()
            return .whole(request, bytes: end + 4)
        } catch {
            return .refused(error)
        }
    }

    /// Where CR LF CR LF stands.
    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for place in 0...(bytes.count - 4) where bytes[place] == 0x0D {
            if bytes[place + 1] == 0x0A, bytes[place + 2] == 0x0D, bytes[place + 3] == 0x0A { return place }
        }
        return nil
    }

    private init(line: String) throws(WebStatus) {
        guard !line.contains("\r") else { throw .badRequest }
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else { throw .badRequest }
        guard let method = Method(rawValue: String(words[0])) else { throw .methodNotAllowed }
        let target = words[1]
        guard target.utf8.count <= Self.longestTarget else { throw .targetTooLong }
        guard target.hasPrefix("/"), target.utf8.allSatisfy({ $0 > 0x20 }) else { throw .badRequest }
        self.method = method
        path = String(target.prefix { $0 != "?" })
        headers = []
        isCurrent = words[2] == "HTTP/1.1"
    }

    private static func header(_ line: String) throws(WebStatus) -> (name: String, value: String) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), !line.contains("\r") else { throw .badRequest }
        let name = line[..<colon]
        let isToken = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
        guard !name.isEmpty, isToken else { throw .badRequest }
        return (name.lowercased(), String(line[line.index(after: colon)...].trimmingSpaces))
    }

    /// What no request of a page has.
    private func check() throws(WebStatus) {
        guard !headers.contains(where: { $0.name == "transfer-encoding" }) else { throw .badRequest }
        for length in headers where length.name == "content-length" && length.value != "0" { throw .contentTooLarge }
        guard !isCurrent || header("host") != nil else { throw .badRequest }
        guard headers.count(where: { $0.name == "host" }) <= 1 else { throw .badRequest }
    }
}

extension Substring {
    /// Without spaces and tabs around it.
    var trimmingSpaces: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
