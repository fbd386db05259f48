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

    /// The audio file, relative to the corpus' folder unless it begins with a slash; empty where only ``eeg`` was recorded.
    public var audio: String
    public var text: String
    /// Absent where nobody knows.
    public var speaker: String?
    /// The sitting in which it was recorded.
    public var session: String?
    public var split: Split?
    /// Where it begins and ends in the file, in seconds; nil for the file's beginning and end. Without sound, from the first sample of the
    /// session's EEG on.
    public var from_s: Double?
    public var to_s: Double?
    /// A session with the EEG of the same time, relative like `audio`.
    public var eeg: String?
    /// A short name such as “en”; nil where nobody says.
    public var language: String?
    /// Where it begins and ends in the session of ``eeg``, seconds from the first sample of its EEG; nil for ``from_s`` and ``to_s``.
    public var eeg_from_s: Double?
    public var eeg_to_s: Double?
    /// Whether the EEG was computed from the sound (``EEGSimulation``) and is nobody's.
    public var isSimulated = false
    /// Keys that mean nothing here, as JSON: they are written again.
    public var others = ""
    /// Phonemes or words whose times are known, in their order; nil where nobody knows.
    public var marks: [Mark]?

    /// What sounds from when to when, in seconds of the file.
    public struct Mark: Sendable, Equatable {
        public var text: String
        public var from_s: Double
        public var to_s: Double

        public init(_ text: String, from_s: Double, to_s: Double) {
            (self.text, self.from_s, self.to_s) = (text, from_s, to_s)
        }
    }

    /// Seconds from the first sample of the session's EEG.
    var eegBegin: Double { eeg_from_s ?? from_s ?? 0 }
    /// nil for the session's end.
    var eegEnd: Double? { eeg_to_s ?? (eeg_from_s == nil ? to_s : nil) }

    /// What it was recorded in: the sound, or else the session.
    var source: String { audio.isEmpty ? eeg ?? "" : audio }

    public init(
        audio: String, text: String, speaker: String? = nil, session: String? = nil, split: Split? = nil,
        from_s: Double? = nil, to_s: Double? = nil, eeg: String? = nil, marks: [Mark]? = nil, others: String = ""
    ) {
        (self.audio, self.text, self.speaker, self.session) = (audio, text, speaker, session)
        (self.split, self.from_s, self.to_s, self.eeg) = (split, from_s, to_s, eeg)
        (self.marks, self.others) = (marks, others)
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
        let eeg = try text("eeg")
        guard let audio = named ?? (eeg == nil ? nil : ""), !audio.isEmpty || (named == nil && eeg?.isEmpty == false),
            !audio.contains("\0"), !(eeg ?? "").contains("\0")
        else { throw Problem("“audio”, the name of a sound file, is missing") }
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
            to_s: to, eeg: eeg, marks: try Self.marks(json["marks"]))
        language = try text("language")
        (eeg_from_s, eeg_to_s) = (try seconds("eeg_from_s"), try seconds("eeg_to_s"))
        if let end = eeg_to_s, end <= (eeg_from_s ?? 0) { throw Problem("its EEG ends at \(end) s, before it begins") }
        switch json["simulated"] {
        case nil, is NSNull: break
        case let value as NSNumber where !JSONNumber.isNumber(value): isSimulated = value.boolValue
        default: throw Problem("“simulated” is neither true nor false")
        }
        let unknown = json.filter { !Self.keys.contains($0.key) }
        if !unknown.isEmpty,
            let data = try? JSONSerialization.data(withJSONObject: unknown, options: [.sortedKeys, .withoutEscapingSlashes])
        {
            others = String(decoding: data.dropFirst().dropLast(), as: UTF8.self)
        }
    }

    private static let keys: Set = [
        "audio", "audio_filepath", "text", "speaker", "session", "split", "from_s", "to_s", "offset", "duration", "eeg",
        "eeg_from_s", "eeg_to_s", "simulated", "marks", "language",
    ]

    private static func marks(_ json: Any?) throws(Problem) -> [Mark]? {
        guard let json, !(json is NSNull) else { return nil }
        let problem = Problem("“marks” is no list of objects such as {\"text\":\"th\",\"from_s\":0.1,\"to_s\":0.2}")
        guard let list = json as? [[String: Any]] else { throw problem }
        var marks: [Mark] = []
        for object in list {
            guard let text = object["text"] as? String, !text.isEmpty, let from = object["from_s"] as? NSNumber,
                let to = object["to_s"] as? NSNumber, JSONNumber.isNumber(from), JSONNumber.isNumber(to)
            else { throw problem }
            guard from.doubleValue >= 0, from.doubleValue < to.doubleValue, to.doubleValue.isFinite else {
                throw Problem("the mark “\(text)” ends before it begins, or its times are below 0")
            }
            marks.append(Mark(text, from_s: from.doubleValue, to_s: to.doubleValue))
        }
        return marks
    }

    struct Problem: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    /// One line of JSON, keys in a fixed order.
    var json: String {
        var parts = audio.isEmpty ? [] : ["\"audio\":\(Self.quoted(audio))"]
        parts.append("\"text\":\(Self.quoted(text))")
        for (key, value) in [
            ("speaker", speaker), ("session", session), ("split", split?.rawValue), ("language", language), ("eeg", eeg),
        ] {
            if let value { parts.append("\"\(key)\":\(Self.quoted(value))") }
        }
        for (key, value) in [("from_s", from_s), ("to_s", to_s), ("eeg_from_s", eeg_from_s), ("eeg_to_s", eeg_to_s)] {
            if let value { parts.append("\"\(key)\":\(value)") }
        }
        if isSimulated { parts.append("\"simulated\":true") }
        if let marks {
            let list = marks.map { "{\"text\":\(Self.quoted($0.text)),\"from_s\":\($0.from_s),\"to_s\":\($0.to_s)}" }
            parts.append("\"marks\":[\(list.joined(separator: ","))]")
        }
        if !others.isEmpty { parts.append(others) }
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
