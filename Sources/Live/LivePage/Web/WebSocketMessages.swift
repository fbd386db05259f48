import Crypto
import Foundation

/// Cuts what a client of a WebSocket sends into messages (RFC 6455). Whatever the bytes are, it holds no more of them than a limit.
public struct WebSocketMessages {
    public enum Message: Equatable, Sendable {
        case text(String)
        case ping([UInt8])
        case pong
        /// The client closes, or broke the protocol: this code is the answer, and nothing more of it is read.
        case close(code: UInt16)
    }

    /// Bytes of a client's longest message.
    public static let longestMessage = 4096

    private var bytes: [UInt8] = []
    /// Of a message in several frames.
    private var fragments: [UInt8]?
    private var isOver = false

    public init() {}

    public mutating func append(_ piece: some Collection<UInt8>) { if !isOver { bytes += piece } }

    /// The next message; nil until more bytes come.
    public mutating func next() -> Message? {
        while !isOver {
            guard bytes.count >= 2 else { return nil }
            let (first, second) = (bytes[0], bytes[1])
            let isFinal = first & 0x80 != 0
            let code = first & 0x0F
            // No extension was agreed on, and a client's frames are masked.
            guard first & 0x70 == 0, second & 0x80 != 0 else { return close(1002) }
            let isControl = code & 0x8 != 0
            guard [0, 1, 2, 8, 9, 10].contains(code), !isControl || isFinal && second & 0x7F <= 125 else { return close(1002) }
            guard code != 2 else { return close(1003) }
            guard code != 0 || fragments != nil, code != 1 || fragments == nil else { return close(1002) }
            var head = 2
            var length = Int(second & 0x7F)
            if length == 126 {
                guard bytes.count >= 4 else { return nil }
                length = Int(bytes[2]) << 8 | Int(bytes[3])
                head = 4
                guard length > 125 else { return close(1002) }
            } else if length == 127 {
                return close(1009)
            }
            guard length + (fragments?.count ?? 0) <= Self.longestMessage else { return close(1009) }
            guard bytes.count >= head + 4 + length else { return nil }
            let key = Array(bytes[head..<head + 4])
            let body = (0..<length).map { bytes[head + 4 + $0] ^ key[$0 & 3] }
            bytes.removeFirst(head + 4 + length)
            if let message = take(code, body, isFinal: isFinal) { return message }
        }
        return nil
    }

    private mutating func take(_ code: UInt8, _ body: [UInt8], isFinal: Bool) -> Message? {
        switch code {
        case 8: return close(Self.answer(toClose: body))
        case 9: return .ping(body)
        case 10: return .pong
        default:
            let whole = (fragments ?? []) + body
            guard isFinal else {
                fragments = whole
                return nil
            }
            fragments = nil
            guard let text = String(validating: whole, as: UTF8.self) else { return close(1007) }
            return .text(text)
        }
    }

    private mutating func close(_ code: UInt16) -> Message {
        isOver = true
        bytes = []
        fragments = nil
        return .close(code: code)
    }

    private static func answer(toClose body: [UInt8]) -> UInt16 {
        guard !body.isEmpty else { return 1000 }
        guard body.count >= 2, String(validating: body.dropFirst(2), as: UTF8.self) != nil else { return 1002 }
        let code = UInt16(body[0]) << 8 | UInt16(body[1])
        let isKnown = (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
        return isKnown ? code : 1002
    }
}

/// What the server sends.
enum WebSocketFrame {
    static func text(_ text: String) -> [UInt8] { frame(1, Array(text.utf8)) }
    static func binary(_ bytes: [UInt8]) -> [UInt8] { frame(2, bytes) }
    static func close(_ code: UInt16) -> [UInt8] { frame(8, [UInt8(code >> 8), UInt8(code & 255)]) }
    static func pong(_ body: [UInt8]) -> [UInt8] { frame(10, body) }

    private static func frame(_ code: UInt8, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x80 | code]
        bytes.reserveCapacity(body.count + 10)
        switch body.count {
        case ...125: bytes.append(UInt8(body.count))
        case ...0xFFFF: bytes += [126, UInt8(body.count >> 8), UInt8(body.count & 255)]
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: body.count >> shift)) }
        }
        return bytes + body
    }

    /// The proof that the server understood a client's key: `Sec-WebSocket-Accept`.
    static func accept(_ key: String) -> String {
        let digest = Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(digest).base64EncodedString()
    }
}
