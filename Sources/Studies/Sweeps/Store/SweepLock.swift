import Glibc
import StudyFiles

/// Keeps a second process from running the same sweep; ends with its process, however that ends.
public final class SweepLock: Sendable {
    private let descriptor: Int32

    /// Makes the folder of the points when it is not there.
    /// - Throws: ``SweepError``: another process holds it, or the folder cannot be made.
    public init(_ place: SweepPlace) throws(SweepError) {
        guard mkdir(place.points, 0o777) == 0 || errno == EEXIST else {
            throw SweepError(path: place.points, reason: .store(.system(call: "mkdir", code: errno)))
        }
        let opened = open(place.points, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw SweepError(path: place.points, reason: .store(.system(call: "open", code: errno))) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(opened)
            throw SweepError(
                path: place.store, reason: .store(code == EWOULDBLOCK ? .inUse : .system(call: "flock", code: code)))
        }
        descriptor = opened
    }

    deinit {
        release()
        close(descriptor)
    }

    /// Lets others run it. By name, not by closing alone: a child that was just forked may still hold the descriptor.
    public func release() { flock(descriptor, LOCK_UN) }
}
