import Foundation

/// Says when a recording has to end, while there is still room to close it.
///
/// The reserve is what must stay free at least, and twice what was written since the last check: the next check may find that much
/// gone.
struct FreeSpaceGuard {
    /// Bytes that stay free unless somebody says otherwise.
    static let defaultMinimum: UInt64 = 64 << 20

    let minimum: UInt64
    /// Bytes that an unprivileged user may still write to the disk of a folder; nil when the system cannot tell.
    let freeBytes: (_ folder: String) -> UInt64?
    private var written: UInt64 = 0

    init(minimum: UInt64, freeBytes: @escaping (_ folder: String) -> UInt64? = FreeSpaceGuard.onDisk) {
        self.minimum = minimum
        self.freeBytes = freeBytes
    }

    /// - Parameter total: bytes written to the session so far; it never falls.
    /// - Throws: ``SessionError/Reason/diskAlmostFull(freeBytes:)``.
    mutating func check(folder: String, written total: UInt64) throws(SessionError) {
        let reserve = minimum + 2 * (total - min(total, written))
        written = total
        guard let free = freeBytes(folder), free < reserve else { return }
        throw SessionError(path: folder, reason: .diskAlmostFull(freeBytes: free))
    }

    /// What the file system says; nil when it says nothing.
    static func onDisk(_ folder: String) -> UInt64? {
        var space = statvfs()
        guard statvfs(folder, &space) == 0 else { return nil }
        return UInt64(space.f_bavail) * UInt64(space.f_frsize)
    }
}
