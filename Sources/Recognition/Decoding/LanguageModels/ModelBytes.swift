import Glibc

/// Bytes of a language model: in memory, or a file in the address space.
///
/// `@unchecked Sendable` because nothing writes to the bytes after the initialiser, and they end with the last reference.
final class ModelBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// - Parameter fill: writes all bytes; they are 0 before.
    init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        fill(memory)
        bytes = UnsafeRawBufferPointer(memory)
        isMapped = false
    }

    /// A file that may be a model's.
    convenience init(file path: String) throws(LanguageModelError) {
        try self.init(anyFile: path)
        guard bytes.count >= ModelLayout.headBytes else {
            throw LanguageModelError(path, .file("\(bytes.count) bytes are too few for a head of \(ModelLayout.headBytes)"))
        }
    }

    /// A regular file, read only. One that is cut while it is mapped ends the process, as with every mapping.
    init(anyFile path: String) throws(LanguageModelError) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LanguageModelError(
                path,
                .unopened(
                    errno == ENOENT ? "there is no such file" : "it cannot be opened: \(String(cString: strerror(errno)))"))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw LanguageModelError(path, .unopened("it is a folder or a device, not a file"))
        }
        let size = Int(status.st_size)
        guard size > 0 else { throw LanguageModelError(path, .file("it is empty")) }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw LanguageModelError(path, .unopened("it cannot be mapped: \(String(cString: strerror(errno)))"))
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
        isMapped = true
    }

    deinit {
        guard let start = bytes.baseAddress else { return }
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        } else {
            start.deallocate()
        }
    }
}
