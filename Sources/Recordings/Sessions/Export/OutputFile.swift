import CLinux
import Foundation

/// A file that appears under its name only when it is whole: it is written as `NAME.part`, synced and renamed.
struct OutputFile {
    let path: String
    var part: String { path + ".part" }

    /// - Throws: ``SessionError`` when the file is there already.
    init(_ path: String) throws(SessionError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw SessionError(path: path, reason: .alreadyExists)
        }
        self.path = path
        unlink(part)
    }

    func write(_ bytes: [UInt8]) throws(SessionError) {
        let file = try AppendFile(creating: part)
        try file.append(bytes)
        try file.close()
        try finish()
    }

    func write(_ text: String) throws(SessionError) { try write(Array(text.utf8)) }

    /// Lets the disk begin with what was written so far, so that ``finish()`` has less to wait for; a hint and no more.
    func beginWriteback() {
        let descriptor = open(part, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = sync_file_range(descriptor, 0, 0, UInt32(LARMOR_SYNC_FILE_RANGE_WRITE))
        close(descriptor)
    }

    /// Brings the part that something else has written to the disk and gives it its name.
    func finish() throws(SessionError) {
        let descriptor = open(part, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw SessionError(path: part, reason: .system(call: "open", code: errno)) }
        let code = fsync(descriptor) == 0 ? 0 : errno
        close(descriptor)
        guard code == 0 else { throw SessionError(path: part, reason: .system(call: "fsync", code: code)) }
        try renameDurably(part, path)
    }
}
