import Foundation
import GRDB

/// The file that a catalogue is kept in: whose it is, and whether it may be made anew.
struct CatalogFile {
    let path: String
    /// It lies where catalogues do, so that whatever is there was one.
    let isUsualPlace: Bool

    /// "LRMR", in the header of every catalogue since version 3.
    static let applicationID: UInt32 = 0x4C52_4D52
    private static let magic = Array("SQLite format 3\0".utf8)

    /// Makes the folders above it.
    /// - Throws: ``CatalogError``.
    func makeFolder() throws(CatalogError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var made = ""
        for part in folder.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o755) != 0, errno != EEXIST, errno != EISDIR else { continue }
            let code = errno
            var state = stat()
            if stat(made, &state) == 0 { continue }
            throw CatalogError(path: path, reason: .folder(made, cause: String(cString: strerror(code))))
        }
    }

    /// Refuses a file that begins as no database, unless it is empty or lies in the usual place.
    /// - Throws: ``CatalogError``.
    func checkBeginning() throws(CatalogError) {
        var state = stat()
        guard stat(path, &state) == 0 else { return }
        guard state.st_mode & S_IFMT == S_IFREG else { throw CatalogError(path: path, reason: .closed) }
        let head = head()
        // What a power cut leaves of a file that was just made is zeros.
        guard !isUsualPlace, !head.starts(with: Self.magic), head.contains(where: { $0 != 0 }) else { return }
        throw CatalogError(path: path, reason: .foreign)
    }

    /// Whether the file, which is damaged, may be replaced by a new one.
    var isOurs: Bool {
        let head = head()
        guard !isUsualPlace, head.contains(where: { $0 != 0 }) else { return true }
        return head.count >= 72 && Array(head[68..<72]) == [0x4C, 0x52, 0x4D, 0x52]
    }

    private func head() -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var head = [UInt8](repeating: 0, count: 100)
        let count = fread(&head, 1, head.count, file)
        return Array(head.prefix(count))
    }

    /// Removes the database with what belongs to it.
    func remove() {
        for file in [path, path + "-wal", path + "-shm"] { try? FileManager.default.removeItem(atPath: file) }
    }
}
