import Glibc

/// A file that only grows: bytes gather in memory and reach the disk with ``sync()``.
final class AppendFile {
    let path: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let flushSize = 1 << 18
    /// Bytes appended so far, including those still in memory.
    private(set) var size: UInt64 = 0

    /// Creates the file; it must not exist.
    init(creating path: String) throws(SessionError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw SessionError(path: path, reason: .system(call: "open", code: errno))
        }
        buffer.reserveCapacity(Self.flushSize * 2)
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    func append(_ bytes: [UInt8]) throws(SessionError) {
        buffer.append(contentsOf: bytes)
        try appended(bytes.count)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(SessionError) {
        // What is as large as the buffer goes straight to the file.
        if bytes.count >= Self.flushSize {
            try flush()
            size += UInt64(bytes.count)
            _ = try write(bytes)
            return
        }
        buffer.append(contentsOf: bytes)
        try appended(bytes.count)
    }

    private func appended(_ count: Int) throws(SessionError) {
        size += UInt64(count)
        if buffer.count >= Self.flushSize { try flush() }
    }

    func flush() throws(SessionError) {
        var written = 0
        // What could not be written stays for another try.
        defer { if written < buffer.count { buffer.removeFirst(written) } else { buffer.removeAll(keepingCapacity: true) } }
        try buffer.withUnsafeBufferPointer { buffer throws(SessionError) in
            let bytes = UnsafeRawBufferPointer(buffer)
            while written < bytes.count {
                written += try write(UnsafeRawBufferPointer(rebasing: bytes[written...]), once: true)
            }
        }
    }

    /// - Returns: how many bytes were written: all of them, or those of one call.
    private func write(_ bytes: UnsafeRawBufferPointer, once: Bool = false) throws(SessionError) -> Int {
        var written = 0
        while written < bytes.count {
            let result = Glibc.write(descriptor, bytes.baseAddress.unsafelyUnwrapped + written, bytes.count - written)
            if result < 0 {
                if errno == EINTR { continue }
                throw SessionError(path: path, reason: .system(call: "write", code: errno))
            }
            written += result
            if once { break }
        }
        return written
    }

    /// Everything appended so far is on the disk when this returns.
    func sync() throws(SessionError) {
        try flush()
        guard fdatasync(descriptor) == 0 else {
            throw SessionError(path: path, reason: .system(call: "fdatasync", code: errno))
        }
    }

    func close() throws(SessionError) {
        guard descriptor >= 0 else { return }
        try flush()
        guard fsync(descriptor) == 0 else { throw SessionError(path: path, reason: .system(call: "fsync", code: errno)) }
        Glibc.close(descriptor)
        descriptor = -1
    }
}
