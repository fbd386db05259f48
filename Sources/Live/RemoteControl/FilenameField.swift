/// A field of a `filename` command: `{participant:P003}`.
public struct FilenameField: Equatable, Sendable {
    /// What LabRecorder has fields for.
    public enum Key: String, CaseIterable, Sendable {
        case root, template, task, run, participant, session, acquisition, modality
    }

    /// nil for a key that is not known: LabRecorder passes over it.
    public var key: Key?
    /// As it was written.
    public var name: String
    public var value: String

    public init(key: Key?, name: String, value: String) {
        self.key = key
        self.name = name
        self.value = value
    }

    /// The fields of a line, in its order.
    ///
    /// A field ends with its brace, or where the next field begins: LabRecorder's own example for MATLAB leaves a brace out.
    /// - Throws: ``ControlRefusal`` for a last field without an end, and for a line in which no field is known.
    static func all(in line: String) throws(ControlRefusal) -> [FilenameField] {
        let scalars = Array(line.unicodeScalars)
        var fields: [FilenameField] = []
        var place = 0
        while let (name, begin) = head(scalars, from: &place) {
            var end = begin
            while end < scalars.count, scalars[end] != "}", !isHead(scalars, end) { end += 1 }
            guard end < scalars.count else { throw ControlRefusal("the field {\(name): has no closing brace") }
            let value = String(String.UnicodeScalarView(scalars[begin..<end])).trimmingWhitespace
            fields.append(FilenameField(key: Key(rawValue: name.lowercased()), name: name, value: value))
            place = end
        }
        guard fields.contains(where: { $0.key != nil }) else {
            let known = Key.allCases.map { "{\($0.rawValue):…}" }.joined(separator: " ")
            throw ControlRefusal("filename needs one field or more of \(known)")
        }
        return fields
    }

    /// The next `{name:` and where its value begins.
    private static func head(_ scalars: [Unicode.Scalar], from place: inout Int) -> (name: String, value: Int)? {
        while place < scalars.count {
            if let colon = colon(scalars, place) {
                return (String(String.UnicodeScalarView(scalars[place + 1..<colon])), colon + 1)
            }
            place += 1
        }
        return nil
    }

    private static func isHead(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool { colon(scalars, place) != nil }

    /// The colon behind a name that an opening brace at a place begins.
    private static func colon(_ scalars: [Unicode.Scalar], _ place: Int) -> Int? {
        guard scalars[place] == "{" else { return nil }
        var end = place + 1
        while end < scalars.count, isWord(scalars[end]), end - place <= longestName { end += 1 }
        return end < scalars.count && scalars[end] == ":" && end > place + 1 ? end : nil
    }

    /// Longer names are none; the search stays linear in the line.
    private static let longestName = 40

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_")
    }
}
