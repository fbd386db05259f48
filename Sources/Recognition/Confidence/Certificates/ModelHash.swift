import Foundation
import Origin

/// What a certificate knows a model by.
public enum ModelHash {
    /// Files of weights: a folder with one of them is a model's.
    static let weights = ["model.safetensors", "readout.safetensors"]

    /// Files of a beam search beside the weights: what it weighs, and its language model.
    static let decoding = (settings: "decoding.json", language: "language.bin")

    /// SHA-256 of a model: of its weights, which the card of a recogniser names, too; with a beam search beside them, of weights and
    /// search, because its scores are others. Another file beside them changes nothing. Of a file that of its bytes; of any other folder
    /// as `ContentHash` makes it, the certificate itself apart.
    /// - Throws: ``ConfidenceError`` when it cannot be read, or a folder has no files.
    public static func sha256(of path: String) throws(ConfidenceError) -> String {
        let found = try sha256(ofWeights: path)
        let (settings, language) = (path + "/" + decoding.settings, path + "/" + decoding.language)
        guard hasBeamSearch(path) else { return found }
        do {
            return combined(
                weights: found, settings: try ContentHash.sha256(of: settings),
                language: FileManager.default.fileExists(atPath: language) ? try ContentHash.sha256(of: language) : nil)
        } catch {
            throw ConfidenceError(error)
        }
    }

    /// The same of scores by a beam search that does not lie beside the model.
    /// - Parameters:
    ///   - weights: SHA-256 of the model's weights.
    ///   - settings: bytes that its `decoding.json` would have.
    ///   - language: bytes of its language model; nil without one.
    public static func sha256(weights: String, settings: [UInt8], language: [UInt8]?) -> String {
        combined(weights: weights, settings: ContentHash.sha256(settings), language: language.map { ContentHash.sha256($0) })
    }

    private static func combined(weights: String, settings: String, language: String?) -> String {
        ContentHash.sha256("\(weights) \(settings) \(language ?? "none")".utf8)
    }

    /// SHA-256 of a model's weights alone; of what has none as ``sha256(of:)``.
    public static func sha256(ofWeights path: String) throws(ConfidenceError) -> String {
        let found = weights.filter { FileManager.default.fileExists(atPath: path + "/" + $0) }
        do {
            return try found.count == 1
                ? ContentHash.sha256(of: path + "/" + found[0])
                : ContentHash.sha256(of: path, leaving: [CalibrationCertificate.fileName])
        } catch {
            throw ConfidenceError(error)
        }
    }

    /// Whether a model's folder has a beam search beside its weights.
    static func hasBeamSearch(_ path: String) -> Bool {
        weights.contains { FileManager.default.fileExists(atPath: path + "/" + $0) }
            && FileManager.default.fileExists(atPath: path + "/" + decoding.settings)
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
