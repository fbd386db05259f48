import Crypto
import Foundation

/// What a certificate knows a model by.
public enum ModelHash {
    /// SHA-256 of a file; of a folder, that of the lines "hash  name" of its files by name, `certificate.json` and subfolders apart.
    /// - Throws: ``ConfidenceError`` when it cannot be read, or a folder has no files.
    public static func sha256(of path: String) throws(ConfidenceError) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ConfidenceError(.noSuchFile, file: path)
        }
        guard isFolder.boolValue else { return try file(path) }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw ConfidenceError(.unreadable(error.localizedDescription), file: path)
        }
        var lines = ""
        for name in names where name != CalibrationCertificate.fileName {
            let inside = path + "/" + name
            guard FileManager.default.fileExists(atPath: inside, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            lines += "\(try file(inside))  \(name)\n"
        }
        guard !lines.isEmpty else { throw ConfidenceError(.certificate("the folder has no files of a model"), file: path) }
        return Hexadecimal.text(SHA256.hash(data: Array(lines.utf8)))
    }

    private static func file(_ path: String) throws(ConfidenceError) -> String {
        do {
            let file = try ByteFile(path)
            var hash = SHA256()
            while let piece = try file.next() { hash.update(data: piece) }
            return Hexadecimal.text(hash.finalize())
        } catch {
            throw error.of(path)
        }
    }
}
