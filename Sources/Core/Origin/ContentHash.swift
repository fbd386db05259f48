import Crypto
import Foundation

/// SHA-256 of files and folders, in hexadecimal digits, as `sha256sum` writes it.
public enum ContentHash {
    public static func sha256(_ bytes: some Sequence<UInt8>) -> String { Hexadecimal.text(SHA256.hash(data: Array(bytes))) }

    /// Of a file that of its bytes; of a folder that of the lines "hash  name" of its files by name, subfolders apart.
    /// - Parameter leaving: names of files that do not count.
    /// Only regular files are read: a pipe is empty after that, and one without a writer would be waited for.
    /// - Throws: ``ByteFileError`` for what is not there, is no regular file or cannot be read, and for a folder without files.
    public static func sha256(of path: String, leaving: Set<String> = []) throws(ByteFileError) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ByteFileError(path: path, reason: .noSuchFile)
        }
        guard isFolder.boolValue else {
            guard RegularFile.isThere(path) else {
                throw ByteFileError(path: path, reason: .unreadable("it is no regular file"))
            }
            return try file(path)
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw ByteFileError(path: path, reason: .unreadable(error.localizedDescription))
        }
        var lines = ""
        for name in names where !leaving.contains(name) {
            let inside = path + "/" + name
            guard RegularFile.isThere(inside) else { continue }
            lines += "\(try file(inside))  \(name)\n"
        }
        guard !lines.isEmpty else { throw ByteFileError(path: path, reason: .unreadable("the folder has no files")) }
        return sha256(lines.utf8)
    }

    private static func file(_ path: String) throws(ByteFileError) -> String {
        let file = try ByteFile(path)
        var hash = SHA256()
        while let piece = try file.next() { hash.update(data: piece) }
        return Hexadecimal.text(hash.finalize())
    }
}

/// Digits of bytes: two for each, in lower case.
public enum Hexadecimal {
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
