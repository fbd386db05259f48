import Foundation
import Origin

/// What a certificate knows a model by.
public enum ModelHash {
    /// SHA-256 of a file or a folder as `ContentHash` makes it, the certificate itself apart.
    /// - Throws: ``ConfidenceError`` when it cannot be read, or a folder has no files.
    public static func sha256(of path: String) throws(ConfidenceError) -> String {
        do {
            return try ContentHash.sha256(of: path, leaving: [CalibrationCertificate.fileName])
        } catch {
            throw ConfidenceError(error)
        }
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
