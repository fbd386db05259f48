import Glibc

/// A file in the address space, read only: bytes come from the page cache without a copy.
///
/// The file may grow meanwhile; one that is cut shorter while it is mapped ends the process, as with every mapping.
///
/// `@unchecked Sendable` because the mapping is made once, is read only, and ends with the last reference.
final class MappedFile: @unchecked Sendable {
    private let bytes: UnsafeRawBufferPointer
    var count: Int { bytes.count }

    /// - Throws: ``SessionError`` when the file cannot be opened or is no plain file.
    convenience init(path: String) throws(SessionError) {
        // A FIFO is not waited for.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SessionError(path: path, reason: .system(call: "open", code: errno))
        }
        defer { close(descriptor) }
        try self.init(descriptor, path: path)
    }

    /// Maps a file of a session folder, as ``SessionFile`` opens it.
    convenience init(_ name: String, in folder: String) throws(SessionError) {
        let file = try SessionFile(name, in: folder)
        try self.init(file.descriptor, path: file.path)
    }

    private init(_ descriptor: Int32, path: String) throws(SessionError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SessionError(path: path, reason: .system(call: "fstat", code: errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SessionError(path: path, reason: .noFile("it is a folder or a device, not a file"))
        }
        guard status.st_size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0),
            start != MAP_FAILED
        else {
            throw SessionError(path: path, reason: .system(call: "mmap", code: errno))
        }
        madvise(start, Int(status.st_size), MADV_SEQUENTIAL)
        bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }

    /// The bytes are there while `body` runs; the mapping may end with the object's last use, so they must not leave it.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }

    /// Takes the pages of a range out of this process's memory (they stay in the page cache), so that reading a file
    /// of any size needs little memory.
    func release(_ range: Range<Int>) {
        let page = 4096
        let low = (range.lowerBound + page - 1) / page * page
        let high = range.upperBound / page * page
        guard low < high, let start = bytes.baseAddress else { return }
        madvise(UnsafeMutableRawPointer(mutating: start + low), high - low, MADV_DONTNEED)
    }
}
