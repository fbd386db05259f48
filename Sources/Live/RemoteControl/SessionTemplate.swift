/// A template of LabRecorder's for the path of a recording below its root: `exp%n\%p_block_%b.xdf`.
///
/// `%p` participant, `%s` session, `%b` task, `%a` acquisition, `%m` modality, `%n` and `%r` run, with three digits. A part in square
/// brackets that holds such a place is left out where one of its values is empty. Both slashes part folders.
struct SessionTemplate: Equatable, Sendable {
    var text: String

    /// LabRecorder's, which follows BIDS.
    static let usual = SessionTemplate(text: "sub-%p/ses-%s/%m/sub-%p_ses-%s_task-%b[_acq-%a]_run-%r_%m.xdf")

    static let places: [Character: FilenameField.Key] = [
        "b": .task, "p": .participant, "s": .session, "a": .acquisition, "m": .modality, "n": .run, "r": .run,
    ]

    /// Whether it has a place for the run.
    var countsRuns: Bool { text.contains("%n") || text.contains("%r") }

    /// The template with its values.
    /// - Parameter value: of a field; nil where there is none.
    /// - Throws: ``ControlRefusal`` for a field without a value outside of brackets.
    func filled(_ value: (FilenameField.Key) -> String?) throws(ControlRefusal) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            let part = rest[rest.index(after: open)..<close]
            result += try Self.filled(rest[..<open], value)
            let keys = Self.keys(in: part)
            if keys.isEmpty {
                result += "[\(part)]"
            } else if keys.allSatisfy({ value($0) != nil }) {
                result += try Self.filled(part, value)
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + (try Self.filled(rest, value))
    }

    private static func keys(in part: Substring) -> [FilenameField.Key] {
        var keys: [FilenameField.Key] = []
        forEachPlace(in: part, text: { _ in }, place: { keys.append($0) })
        return keys
    }

    private static func filled(
        _ part: Substring, _ value: (FilenameField.Key) -> String?
    ) throws(ControlRefusal) -> String {
        var result = ""
        var missing: FilenameField.Key?
        forEachPlace(in: part, text: { result.append($0) }) { key in
            if let text = value(key) { result += text } else { missing = missing ?? key }
        }
        if let missing {
            throw ControlRefusal(
                "the template needs a \(missing.rawValue): send filename {\(missing.rawValue):…} before start")
        }
        return result
    }

    private static func forEachPlace(
        in part: Substring, text: (Character) -> Void, place: (FilenameField.Key) -> Void
    ) {
        var isPlace = false
        for character in part {
            if isPlace {
                if let key = places[character] {
                    place(key)
                } else {
                    text("%")
                    text(character)
                }
                isPlace = false
            } else if character == "%" {
                isPlace = true
            } else {
                text(character)
            }
        }
        if isPlace { text("%") }
    }
}
