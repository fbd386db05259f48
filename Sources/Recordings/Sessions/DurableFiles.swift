import Foundation

/// Replaces a file so that after a power cut either the old or the new content is there, whole: temporary file, write,
/// fsync, rename, fsync of the folder.
func replaceDurably(_ path: String, with bytes: [UInt8]) throws(SessionError) {
    let temporary = path + ".new"
    unlink(temporary)
    do throws(SessionError) {
        let file = try AppendFile(creating: temporary)
        try file.append(bytes)
        try file.close()
    } catch {
        unlink(temporary)
        throw error
    }
    try renameDurably(temporary, path)
}

/// Copies a file in pieces; it appears under its new name only when it is whole and on the disk.
/// - Throws: ``SessionError`` when it cannot be read or written.
package func copyDurably(_ from: String, to path: String) throws(SessionError) {
    let source = open(from, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw SessionError(path: from, reason: .system(call: "open", code: errno)) }
    defer { close(source) }
    let temporary = path + ".new"
    unlink(temporary)
    do throws(SessionError) {
        let file = try AppendFile(creating: temporary)
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(source, &piece, piece.count)
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw SessionError(path: from, reason: .system(call: "read", code: code))
            }
            if count == 0 { break }
            try file.append(Array(piece[..<count]))
        }
        try file.close()
    } catch {
        unlink(temporary)
        throw error
    }
    try renameDurably(temporary, path)
}

/// Copies a file, durably; folders that it stands in are made.
/// - Throws: ``SessionError``.
package func copyFileDurably(_ from: String, to path: String) throws(SessionError) {
    let folder = parentFolder(of: path)
    if !folder.isEmpty { try makeFolderDurably(folder) }
    try copyDurably(from, to: path)
}

/// Copies a folder of plain files, durably.
/// - Parameter leftOut: names in it that are not copied; of folders all that is in them.
/// - Throws: ``SessionError``.
package func copyFolderDurably(
    _ from: String, to folder: String, leavingOut leftOut: Set<String> = []
) throws(SessionError) {
    guard let walk = FileManager.default.enumerator(atPath: from) else {
        throw SessionError(path: from, reason: .system(call: "open", code: ENOENT))
    }
    try makeFolderDurably(folder)
    for case let name as String in walk {
        if leftOut.contains(String(name.prefix { $0 != "/" })) { continue }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: from + "/" + name, isDirectory: &isFolder) else { continue }
        if isFolder.boolValue {
            try makeFolderDurably(folder + "/" + name)
        } else {
            try copyDurably(from + "/" + name, to: folder + "/" + name)
        }
    }
}

/// The folder in which a path's last part stands: "/" for what stands there, "" for a path of one part. Foundation's
/// `deletingLastPathComponent` traps on a path of a single character.
package func parentFolder(of path: String) -> String {
    var bytes = Array(path.utf8)
    func dropSlashes() { while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() } }
    dropSlashes()
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    bytes.removeSubrange((slash == 0 ? 1 : slash)...)
    dropSlashes()
    return String(decoding: bytes, as: UTF8.self)
}

/// Makes a folder and those above it that are missing, and makes their names durable.
/// - Throws: ``SessionError`` that names the folder which could not be made.
func makeFolderDurably(_ path: String) throws(SessionError) {
    var status = stat()
    if stat(path, &status) == 0 {
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw SessionError(path: path, reason: .system(call: "mkdir", code: ENOTDIR))
        }
        return
    }
    let parent = parentFolder(of: path)
    if !parent.isEmpty, parent != path { try makeFolderDurably(parent) }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
        throw SessionError(path: path, reason: .system(call: "mkdir", code: errno))
    }
    try syncFolder(of: path)
}

/// Gives a synced file its name, durably.
func renameDurably(_ from: String, _ path: String) throws(SessionError) {
    guard rename(from, path) == 0 else {
        throw SessionError(path: path, reason: .system(call: "rename", code: errno))
    }
    try syncFolder(of: path)
}

/// Makes the names in a file's folder durable.
func syncFolder(of path: String) throws(SessionError) {
    let parent = parentFolder(of: path)
    let folder = parent.isEmpty ? "." : parent
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
        throw SessionError(path: folder, reason: .system(call: "open", code: errno))
    }
    defer { close(descriptor) }
    // Some file systems know no fsync of a folder: their names are as durable as they get.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
        throw SessionError(path: folder, reason: .system(call: "fsync", code: errno))
    }
}
