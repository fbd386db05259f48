import Failures
import Foundation
import Glibc
import LivePage

/// The page's token in a file that nobody else may read. It is never printed and never logged.
enum PageToken {
    /// A token cannot be had from a file.
    struct Refusal: Failure {
        var path: String
        var reason: String
        var kind: FailureKind
        var description: String { "\(path): \(reason)" }
    }

    /// Reads the token; makes the file with a new one, 256 random bits, where there is none.
    static func read(_ path: String) throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            guard code == ENOENT else {
                throw Refusal(path: path, reason: String(cString: strerror(code)), kind: .ofInput(at: path))
            }
            return try make(path)
        }
        defer { close(file) }
        var state = stat()
        guard fstat(file, &state) == 0, state.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(path: path, reason: "it is no file, expected one with a token", kind: .badInput)
        }
        guard state.st_mode & 0o077 == 0 else {
            throw Refusal(
                path: path,
                reason:
                    "others may read the token; expected a file for its owner alone: chmod 600 it, and let a new token be made",
                kind: .badInput)
        }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(file, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard PageAccess.isToken(text) else {
            throw Refusal(
                path: path, reason: "it holds no token, expected one line of 16 to 256 letters, digits, - and _",
                kind: .badInput)
        }
        return text
    }

    private static func make(_ path: String) throws -> String {
        var random = SystemRandomNumberGenerator()
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let token = String((0..<43).map { _ in letters[Int.random(in: 0..<64, using: &random)] })
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Refusal(path: path, reason: "the token cannot be written: \(String(cString: strerror(errno)))", kind: .system)
        }
        defer { close(file) }
        let bytes = Array((token + "\n").utf8)
        guard write(file, bytes, bytes.count) == bytes.count else {
            throw Refusal(path: path, reason: "the token cannot be written: \(String(cString: strerror(errno)))", kind: .system)
        }
        Console.note("a new token for the page is in \(path)")
        return token
    }
}
