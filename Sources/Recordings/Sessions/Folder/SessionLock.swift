import Glibc

/// Keeps everybody else from writing to a session folder; a recorder holds one while it records.
public struct SessionLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: ``SessionError``: in use, or no folder that can be opened.
    public init(folder: String) throws(SessionError) {
        let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw SessionError(path: folder, reason: .system(call: "open", code: errno)) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(opened)
            throw SessionError(path: folder, reason: code == EWOULDBLOCK ? .inUse : .system(call: "flock", code: code))
        }
        descriptor = opened
    }

    deinit {
        // By name, not by closing alone: a child that was just forked may still hold the descriptor.
        release()
        close(descriptor)
    }

    /// Lets others write again; the end of the lock's life does the same.
    public func release() { flock(descriptor, LOCK_UN) }

    /// Whether somebody is writing to a folder now.
    public static func isHeld(folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Shared, so that two who look at once do not take each other for a recorder.
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
