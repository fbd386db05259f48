import Failures
import Foundation

/// A table that grows on the disk line by line, so that a run that ends early, however it ends, leaves its lines.
///
/// It is written where the path leads: through a symbolic link, into a pipe or a device.
final class AppendedTable {
    struct WriteError: Failure {
        var path: String
        var problem: String
        var kind: FailureKind { .inputOutput }
        var description: String { "\(path) cannot be written: \(problem)" }
    }

    let path: String
    /// Bytes written so far.
    private(set) var count = 0
    /// Lines written so far, those of an earlier run included.
    private(set) var lines = 0
    private let descriptor: Int32

    /// Begins the table anew.
    /// - Throws: ``WriteError``.
    init(_ path: String) throws {
        self.path = path
        descriptor = Self.opened(path)
        guard descriptor >= 0 else { throw WriteError(path: path, problem: String(cString: strerror(errno))) }
    }

    /// Goes on behind the first `count` bytes of a table; what follows them is cut off.
    /// - Throws: ``WriteError``, also when it is no file of at least so many bytes.
    init(continuing path: String, count: Int) throws {
        (self.path, self.count) = (path, count)
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw WriteError(path: path, problem: String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) >= count,
            ftruncate(descriptor, off_t(count)) == 0, lseek(descriptor, 0, SEEK_END) == off_t(count)
        else {
            throw WriteError(
                path: path, problem: "it is not the table that the checkpoint belongs to, of at least \(count) bytes")
        }
        lines = FileManager.default.contents(atPath: path)?.count { $0 == 0x0A } ?? 0
    }

    /// A pipe is waited for until somebody reads it, or a signal asks to stop.
    private static func opened(_ path: String) -> Int32 {
        while true {
            let found = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o666)
            guard found < 0, errno == ENXIO, !StopRequest.isRequested else {
                // Only the opening must not wait.
                if found >= 0 { _ = fcntl(found, F_SETFL, fcntl(found, F_GETFL) & ~O_NONBLOCK) }
                if found < 0, errno == ENXIO { errno = EINTR }
                return found
            }
            usleep(20_000)
        }
    }

    deinit { close(descriptor) }

    /// - Throws: ``WriteError``.
    func append(_ text: String) throws {
        var text = text
        try text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let result = write(descriptor, bytes.baseAddress.unsafelyUnwrapped + written, bytes.count - written)
                if result < 0 {
                    if errno == EINTR { continue }
                    throw WriteError(path: path, problem: String(cString: strerror(errno)))
                }
                written += result
            }
            count += written
            lines += bytes.count { $0 == 0x0A }
        }
    }

    /// Makes sure that what was written outlives a power cut, where the file can.
    func sync() { fdatasync(descriptor) }
}
