import Foundation
import Origin

/// What a certificate knows a model by.
public enum ModelHash {
    /// Files of weights: a folder with one of them is a model's.
    static let weights = ["model.safetensors", "readout.safetensors"]

    /// SHA-256 of a model: of its weights, which the card of a recogniser names, too. Another file beside them changes nothing. Of a
    /// file that of its bytes; of any other folder as `ContentHash` makes it, the certificate itself apart.
    /// - Throws: ``ConfidenceError`` when it cannot be read, or a folder has no files.
    public static func sha256(of path: String) throws(ConfidenceError) -> String {
        let found = weights.filter { FileManager.default.fileExists(atPath: path + "/" + $0) }
        do {
            return try found.count == 1
                ? ContentHash.sha256(of: path + "/" + found[0])
                : ContentHash.sha256(of: path, leaving: [CalibrationCertificate.fileName])
        } catch {
            throw ConfidenceError(error)
        }
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
