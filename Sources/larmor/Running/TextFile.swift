import Failures
import Foundation
import Origin

/// A text that a person wrote.
enum TextFile {
    struct ReadError: Failure {
        var path: String
        var problem: String
        var isMissing: Bool
        var kind: FailureKind { isMissing ? .missingInput : .badInput }
        var description: String { "\(path): \(problem)" }
    }

    /// - Throws: ``ReadError`` for what is no file, and for bytes that are no UTF-8.
    static func read(_ path: String) throws(ReadError) -> String {
        guard let data = RegularFile.contents(path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw ReadError(
                path: path, problem: isThere ? "it cannot be read, or is no regular file" : "there is no such file",
                isMissing: true)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ReadError(path: path, problem: "expected text in UTF-8; convert it", isMissing: false)
        }
        return text
    }
}
