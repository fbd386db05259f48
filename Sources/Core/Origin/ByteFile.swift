public import Failures
import Glibc

/// A file that cannot be read.
public struct ByteFileError: Failure, Equatable {
    public enum Reason: Sendable, Equatable {
        case noSuchFile
        case unreadable(String)
    }

    public var path: String
    public var reason: Reason

    public var kind: FailureKind { reason == .noSuchFile ? .missingInput : .ofInput(at: path, otherwise: .inputOutput) }

    public var description: String {
        switch reason {
        case .noSuchFile: "\(path): no such file"
        case .unreadable(let why): "\(path): cannot be read: \(why)"
        }
    }
}

/// A file read piece by piece.
public final class ByteFile {
    public let path: String
    private let descriptor: Int32
    private static let piece = 1 << 18

    public init(_ path: String) throws(ByteFileError) {
        self.path = path
        var opened: Int32
        var code: Int32
        repeat {
            opened = open(path, O_RDONLY | O_CLOEXEC)
            code = errno
        } while opened < 0 && code == EINTR
        guard opened >= 0 else {
            throw ByteFileError(
                path: path,
                reason: code == ENOENT || code == ENOTDIR ? .noSuchFile : .unreadable(String(cString: strerror(code))))
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// The next bytes; nil at the end.
    public func next() throws(ByteFileError) -> [UInt8]? {
        var count = 0
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.piece) { buffer, used in
            repeat {
                count = read(descriptor, buffer.baseAddress, Self.piece)
                failure = errno
            } while count < 0 && failure == EINTR
            used = max(0, count)
        }
        guard count >= 0 else {
            throw ByteFileError(path: path, reason: .unreadable(String(cString: strerror(failure))))
        }
        return count == 0 ? nil : bytes
    }

    /// The whole file, of at most so many bytes.
    public static func bytes(of path: String, atMost limit: Int) throws(ByteFileError) -> [UInt8] {
        let file = try ByteFile(path)
        var bytes: [UInt8] = []
        while let piece = try file.next() {
            bytes += piece
            guard bytes.count <= limit else {
                throw ByteFileError(path: path, reason: .unreadable("it has more than \(limit) bytes"))
            }
        }
        return bytes
    }
}
