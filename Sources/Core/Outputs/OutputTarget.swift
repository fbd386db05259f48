import Glibc

/// Where a path that a person gave leads, after all symbolic links.
struct OutputTarget {
    enum Kind: Equatable {
        /// A regular file, or none yet: replaced as a whole.
        case file(mode: mode_t?)
        /// A FIFO, a device, a socket: written through.
        case stream
        /// A descriptor of this process, as /dev/stdout is.
        case descriptor(Int32)
    }

    let path: String
    let kind: Kind

    private static let mostLinks = 40

    /// - Throws: ``OutputError``.
    init(_ given: String) throws(OutputError) {
        var path = given
        for _ in 0..<Self.mostLinks {
            if let number = Self.ownDescriptor(path) {
                (self.path, kind) = (path, .descriptor(number))
                return
            }
            var state = stat()
            guard lstat(path, &state) == 0 else {
                guard errno == ENOENT, !path.utf8.isEmpty, path.utf8.last != UInt8(ascii: "/") else {
                    throw OutputError(path: given, reason: .system(call: "open", code: errno == 0 ? ENOENT : errno))
                }
                (self.path, kind) = (path, .file(mode: nil))
                return
            }
            switch state.st_mode & S_IFMT {
            case S_IFLNK: path = try Self.followed(path, given)
            case S_IFREG:
                guard access(path, W_OK) == 0 else {
                    throw OutputError(path: given, reason: .system(call: "open", code: errno))
                }
                (self.path, kind) = (path, .file(mode: state.st_mode & 0o7777))
                return
            case S_IFDIR: throw OutputError(path: given, reason: .isFolder)
            default:
                (self.path, kind) = (path, .stream)
                return
            }
        }
        throw OutputError(path: given, reason: .system(call: "open", code: ELOOP))
    }

    /// The folder in which the target's name stands.
    var folder: String { Self.folder(of: path) }

    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func followed(_ path: String, _ given: String) throws(OutputError) -> String {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &text, text.count)
        guard count > 0 else { throw OutputError(path: given, reason: .system(call: "readlink", code: errno)) }
        let next = String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return next.utf8.first == UInt8(ascii: "/") ? next : folder(of: path) + "/" + next
    }

    /// "/proc/self/fd/1" and "/dev/fd/1"; the text of such a link names no file where it is a pipe's.
    private static func ownDescriptor(_ path: String) -> Int32? {
        for prefix in ["/proc/self/fd/", "/dev/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(prefix) {
            return Int32(path.dropFirst(prefix.count))
        }
        return nil
    }
}
