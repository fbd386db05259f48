import Glibc

/// The door for every file that a command writes under a name that a person gave.
///
/// Opening it finds out whether it can be written, before the work begins. A regular file is written beside its name as `NAME.part` and
/// takes the name's place when it is whole and on the disk, or with ``publish()`` when its beginning is there and the rest grows in
/// sight. Symbolic links are resolved, and what is no regular file (a FIFO, a terminal, /dev/stdout) is written through. Never over an
/// input of the same command, never into a session's folder. What is not finished leaves nothing behind.
public final class OutputFile {
    /// As it was given.
    public let path: String
    private let target: OutputTarget
    private var descriptor: Int32
    /// The name of what is written until it has its own.
    private var part: String?
    private var buffer: [UInt8] = []
    private static let flushSize = 1 << 18

    /// - Parameters:
    ///   - inputs: what the command reads: it is never replaced.
    ///   - inSession: whether it may stand in a session's folder, as the copy of a model does.
    /// - Throws: ``OutputError``.
    public init(_ path: String, inputs: [String] = [], inSession: Bool = false) throws(OutputError) {
        self.path = path
        target = try OutputTarget(path)
        try OutputPlace.check(path, target.path, inputs: inputs, inSession: inSession)
        switch target.kind {
        case .descriptor(let number):
            descriptor = fcntl(number, F_DUPFD_CLOEXEC, 3)
            guard descriptor >= 0 else { throw OutputError(path: path, reason: .system(call: "open", code: errno)) }
        case .stream:
            descriptor = open(target.path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
            guard descriptor >= 0 else { throw OutputError(path: path, reason: .system(call: "open", code: errno)) }
        case .file(let mode):
            (descriptor, part) = try Self.createPart(target.path, path)
            if let mode { fchmod(descriptor, mode) }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if let part { unlink(part) }
    }

    /// Writes a whole file.
    public static func write(
        _ bytes: [UInt8], to path: String, inputs: [String] = [], inSession: Bool = false
    ) throws(OutputError) {
        let file = try OutputFile(path, inputs: inputs, inSession: inSession)
        try file.append(bytes)
        try file.finish()
    }

    /// Writes a whole file.
    public static func write(_ text: String, to path: String, inputs: [String] = []) throws(OutputError) {
        try write(Array(text.utf8), to: path, inputs: inputs)
    }

    /// Finds out whether a file can be written, and leaves no trace.
    /// - Throws: ``OutputError``.
    public static func check(_ path: String, inputs: [String] = []) throws(OutputError) {
        let target = try OutputTarget(path)
        try OutputPlace.check(path, target.path, inputs: inputs)
        switch target.kind {
        case .descriptor: break
        case .stream:
            guard access(target.path, W_OK) == 0 else {
                throw OutputError(path: path, reason: .system(call: "open", code: errno))
            }
        case .file:
            let (descriptor, part) = try createPart(target.path, path)
            close(descriptor)
            unlink(part)
        }
    }

    public func append(_ bytes: [UInt8]) throws(OutputError) {
        buffer += bytes
        // Once it can be seen, and in a pipe, it is handed on as it comes.
        if part == nil || buffer.count >= Self.flushSize { try flush() }
    }

    public func append(_ text: String) throws(OutputError) { try append(Array(text.utf8)) }

    /// Gives the file its name now; what is appended later can be seen at once.
    public func publish() throws(OutputError) {
        try flush()
        try takeName()
    }

    /// Everything is on the disk, under its name, when this returns.
    public func finish() throws(OutputError) {
        try flush()
        if case .file = target.kind {
            guard fsync(descriptor) == 0 || errno == EINVAL else {
                throw OutputError(path: path, reason: .system(call: "fsync", code: errno))
            }
        }
        try takeName()
        let code = close(descriptor) == 0 ? 0 : errno
        descriptor = -1
        // A network's disk may tell only now that it is full.
        guard code == 0 || code == EINTR else { throw OutputError(path: path, reason: .system(call: "close", code: code)) }
    }

    private func takeName() throws(OutputError) {
        guard let part else { return }
        guard rename(part, target.path) == 0 else {
            throw OutputError(path: path, reason: .system(call: "rename", code: errno))
        }
        self.part = nil
        let folder = open(target.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that may be written to but not read cannot be synced.
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func flush() throws(OutputError) {
        var written = 0
        defer { buffer.removeAll(keepingCapacity: true) }
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count >= 0 {
                written += count
                continue
            }
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, 100)
                continue
            }
            throw OutputError(path: path, reason: .system(call: "write", code: code))
        }
    }

    /// `NAME.part`, or with a number where somebody has that.
    private static func createPart(_ target: String, _ given: String) throws(OutputError) -> (Int32, String) {
        for number in 0..<1000 {
            let part = target + (number == 0 ? ".part" : ".part\(number)")
            let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (descriptor, part) }
            guard errno == EEXIST else { throw OutputError(path: given, reason: .system(call: "open", code: errno)) }
        }
        throw OutputError(path: given, reason: .system(call: "open", code: EEXIST))
    }
}
