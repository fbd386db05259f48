import Foundation

/// A piece of recorded speech and what was said in it: one line of a ``Corpus``.
public struct Utterance: Sendable, Equatable {
    /// What an utterance is for. Nothing that is learned from sees `test`; settings are chosen on `validation`.
    public enum Split: String, Sendable, CaseIterable, Codable {
        case train, validation, test

        /// Also the names that others use.
        init?(word: String) {
            switch word {
            case "train", "training": self = .train
            case "validation", "valid", "val", "dev": self = .validation
            case "test": self = .test
            default: return nil
            }
        }
    }

    /// The audio file, relative to the corpus' folder unless it begins with a slash.
    public var audio: String
    public var text: String
    /// Absent where nobody knows.
    public var speaker: String?
    /// The sitting in which it was recorded.
    public var session: String?
    public var split: Split?
    /// Where it begins and ends in the file, in seconds; nil for the file's beginning and end.
    public var from_s: Double?
    public var to_s: Double?
    /// A session with the EEG of the same time, relative like `audio`.
    public var eeg: String?

    public init(
        audio: String, text: String, speaker: String? = nil, session: String? = nil, split: Split? = nil,
        from_s: Double? = nil, to_s: Double? = nil, eeg: String? = nil
    ) {
        (self.audio, self.text, self.speaker, self.session) = (audio, text, speaker, session)
        (self.split, self.from_s, self.to_s, self.eeg) = (split, from_s, to_s, eeg)
    }

    /// - Parameter json: one object. NeMo's `audio_filepath`, `offset` and `duration` (seconds) are understood, too; other keys are
    ///   passed by.
    /// - Throws: ``Problem`` in words.
    init(json: [String: Any]) throws(Problem) {
        func text(_ key: String) throws(Problem) -> String? {
            switch json[key] {
            case nil, is NSNull: return nil
            case let value as String: return value
            case let value as NSNumber where JSONNumber.isNumber(value): return value.stringValue
            default: throw Problem("“\(key)” is no text")
            }
        }
        func seconds(_ key: String) throws(Problem) -> Double? {
            switch json[key] {
            case nil, is NSNull: return nil
            case let value as NSNumber where JSONNumber.isNumber(value) && value.doubleValue.isFinite && value.doubleValue >= 0:
                return value.doubleValue
            default: throw Problem("“\(key)” is no number of seconds of 0 or more")
            }
        }
        var named = try text("audio")
        if named == nil { named = try text("audio_filepath") }
        guard let audio = named, !audio.isEmpty, !audio.contains("\0") else {
            throw Problem("“audio”, the name of a sound file, is missing")
        }
        guard let said = try text("text") else { throw Problem("“text”, what is said in it, is missing") }
        var split: Split?
        if let word = try text("split") {
            split = Split(word: word)
            guard split != nil else { throw Problem("“split” is “\(word)”; expected train, validation or test") }
        }
        var from = try seconds("from_s")
        if from == nil { from = try seconds("offset") }
        var to = try seconds("to_s")
        if to == nil, let duration = try seconds("duration") { to = duration + (from ?? 0) }
        if let to, to <= (from ?? 0) { throw Problem("it ends at \(to) s, before it begins") }
        self.init(
            audio: audio, text: said, speaker: try text("speaker"), session: try text("session"), split: split, from_s: from,
            to_s: to, eeg: try text("eeg"))
    }

    struct Problem: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    /// One line of JSON, keys in a fixed order.
    var json: String {
        var parts = ["\"audio\":\(Self.quoted(audio))", "\"text\":\(Self.quoted(text))"]
        for (key, value) in [("speaker", speaker), ("session", session), ("split", split?.rawValue), ("eeg", eeg)] {
            if let value { parts.append("\"\(key)\":\(Self.quoted(value))") }
        }
        for (key, value) in [("from_s", from_s), ("to_s", to_s)] {
            if let value { parts.append("\"\(key)\":\(value)") }
        }
        return "{\(parts.joined(separator: ","))}"
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

/// JSON's `true` is an `NSNumber`, too.
private enum JSONNumber {
    static func isNumber(_ value: NSNumber) -> Bool { value.objCType.pointee != CChar(UInt8(ascii: "c")) }
}
