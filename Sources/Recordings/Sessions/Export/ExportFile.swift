import CLinux
import Foundation
import Synchronization

/// A file that appears under its name only when it is whole: it is written as `NAME.part`, synced and renamed. What is not finished
/// leaves nothing behind.
final class ExportFile: Sendable {
    let path: String
    private let isFinished = Atomic(false)
    /// Files of the export that is at work.
    @TaskLocal static var log: OutputLog?
    var part: String { path + ".part" }

    /// - Throws: ``SessionError`` when the file is there already.
    init(_ path: String) throws(SessionError) {
        self.path = path
        var state = stat()
        // A link that leads nowhere is somebody's, too.
        guard lstat(path, &state) != 0 else { throw SessionError(path: path, reason: .alreadyExists) }
        unlink(part)
    }

    deinit { if !isFinished.load(ordering: .relaxed) { unlink(part) } }

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
        isFinished.store(true, ordering: .relaxed)
        Self.log?.note(file: path)
    }
}

/// What an export has written so far, so that one that is refused can take it back.
final class OutputLog: Sendable {
    private let state = Mutex<(files: [String], folders: [String])>(([], []))

    /// Notes a file that is finished.
    func note(file: String) { state.withLock { $0.files.append(file) } }

    /// Notes a folder that is going to be made, with those above it that are missing.
    func note(folder: String) {
        var path = folder
        var status = stat()
        while !path.isEmpty, stat(path, &status) != 0 {
            state.withLock { $0.folders.append(path) }
            path = parentFolder(of: path)
        }
    }

    /// Removes the files, and the folders that were made for them where nothing else is in them.
    func takeBack() {
        let (files, folders) = state.withLock { $0 }
        for file in files { unlink(file) }
        guard let root = folders.first else { return }
        let below = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        // Deepest first; a folder with something in it stays.
        for name in below.sorted().reversed() { rmdir(root + "/" + name) }
        for folder in folders { rmdir(folder) }
    }
}
