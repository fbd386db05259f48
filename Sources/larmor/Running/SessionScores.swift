import Confidence
import Foundation
import Logging
import Recognition

/// Sessions as tables of scores.
enum SessionScores {
    static func isSession(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The words of a session as `evaluate --scores` would write them; the hash is that of this text.
    /// - Throws: `SessionError`, ``SessionWords/Problem``, `ConfidenceError`.
    static func table(
        _ session: String, labels: SessionWords.Labels, stage: String?, columns: ScoreTable.Columns, clip: Double?
    ) throws -> ScoreTable {
        let found = try SessionWords(session: session, labels: labels, stage: stage)
        if found.unlabelled > 0 {
            log.notice(
                "\(session): \(Console.count(found.unlabelled, "word")) left out, for which it does not say what was said")
        }
        let model = found.modelFolder.map { session + "/" + $0 }
        let hash = try model.flatMap { path in
            try FileManager.default.fileExists(atPath: path) ? ModelHash.sha256(of: path) : nil
        }
        return try naming(session) {
            try ScoreTable(
                bytes: Array(ScoredWord.table(found.words, modelSHA256: hash).utf8), columns: columns, clip: clip)
        }
    }
}
