import Glibc

/// A file read piece by piece.
final class ByteFile {
    private let descriptor: Int32
    private static let piece = 1 << 18

    init(_ path: String) throws(ConfidenceError) {
        var opened: Int32
        var code: Int32
        repeat {
            opened = open(path, O_RDONLY | O_CLOEXEC)
            code = errno
        } while opened < 0 && code == EINTR
        guard opened >= 0 else {
            throw ConfidenceError(
                code == ENOENT || code == ENOTDIR ? .noSuchFile : .unreadable(String(cString: strerror(code))))
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// The next bytes; nil at the end.
    func next() throws(ConfidenceError) -> [UInt8]? {
        var count = 0
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.piece) { buffer, used in
            repeat {
                count = read(descriptor, buffer.baseAddress, Self.piece)
                failure = errno
            } while count < 0 && failure == EINTR
            used = max(0, count)
        }
        guard count >= 0 else { throw ConfidenceError(.unreadable(String(cString: strerror(failure)))) }
        return count == 0 ? nil : bytes
    }

    /// The whole file, of at most so many bytes.
    static func bytes(of path: String, atMost limit: Int) throws(ConfidenceError) -> [UInt8] {
        let file = try ByteFile(path)
        var bytes: [UInt8] = []
        while let piece = try file.next() {
            bytes += piece
            guard bytes.count <= limit else { throw ConfidenceError(.unreadable("it has more than \(limit) bytes")) }
        }
        return bytes
    }
}
