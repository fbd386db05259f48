import Glibc

/// Keeps a second process from working on the same store; ends with its process, however that ends.
///
/// It is a lock on one byte far behind the file's end, where SQLite has none of its own. It holds the file itself, so that none beside it is
/// needed; of a store that is not there yet it holds `NAME.part`, which becomes the store.
package final class StoreLock: Sendable {
    private let descriptor: Int32
    private let part: String
    /// Whether the store was there.
    package let isFound: Bool

    private static let place: off_t = 1 << 60

    /// - Throws: ``StoreFault``: another process holds it, or the file cannot be opened.
    package init(_ path: String) throws(StoreFault) {
        part = path + ".part"
        while true {
            var found = open(path, O_RDWR | O_CLOEXEC)
            let isFound = found >= 0
            if !isFound {
                guard errno == ENOENT else { throw .system(call: "open", code: errno) }
                found = open(part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666)
                guard found >= 0 else { throw .system(call: "open", code: errno) }
            }
            guard Self.lock(found) else {
                let code = errno
                close(found)
                throw code == EAGAIN || code == EACCES ? .inUse : .system(call: "fcntl", code: code)
            }
            // Between opening and locking another process may have made the store: then this is no file of its name.
            if Self.isSame(found, isFound ? path : part), isFound || access(path, F_OK) != 0 {
                descriptor = found
                self.isFound = isFound
                return
            }
            if !isFound, Self.isSame(found, part) { unlink(part) }
            close(found)
        }
    }

    deinit {
        // A store that was never made leaves nothing.
        if !isFound, Self.isSame(descriptor, part) { unlink(part) }
        close(descriptor)
    }

    /// Takes all bytes out of what is to become the store.
    func empty() throws(StoreFault) {
        precondition(!isFound, "a store that is there stays as it is")
        guard ftruncate(descriptor, 0) == 0 else { throw .system(call: "ftruncate", code: errno) }
    }

    private static func lock(_ descriptor: Int32) -> Bool {
        var lock = flock()
        (lock.l_type, lock.l_whence) = (Int16(F_WRLCK), Int16(SEEK_SET))
        (lock.l_start, lock.l_len) = (place, 1)
        // Of the open file, not of the process: SQLite closes descriptors of the same file.
        let ofOpenFile: Int32 = 37
        return fcntl(descriptor, ofOpenFile, &lock) == 0
    }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, stat(path, &named) == 0 else { return false }
        return own.st_dev == named.st_dev && own.st_ino == named.st_ino
    }
}
