import Foundation
import Recognition

/// An utterance of a test and what was read of it: a line of `evaluate --readings`.
struct ReadUtterance: Encodable {
    /// Substituted, missed and inserted ones together, and how many were said.
    struct Errors: Encodable {
        var errors: Int
        var said: Int

        init(_ errors: WordErrors) { (self.errors, said) = (errors.count, errors.reference) }
    }

    var utterance: String
    var speaker: String
    var said: String
    var read: String
    var words: Errors
    var characters: Errors

    static func lines(_ readings: [RecognizerEvaluation.Reading], names: [String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try zip(readings, names).map { reading, name in
            let line = ReadUtterance(
                utterance: name, speaker: reading.speaker, said: reading.said, read: reading.read, words: Errors(reading.words),
                characters: Errors(reading.characters))
            return String(decoding: try encoder.encode(line), as: UTF8.self) + "\n"
        }.joined()
    }
}
