public import Failures

/// A field of a device's introduction or of a stored configuration that no device can have.
public struct InvalidField: Failure, Equatable {
    /// The place, as "streams[1].rate".
    public var field: String
    /// What the field holds.
    public var found: String
    /// What it may hold.
    public var expected: String

    public init(_ field: String, found: String, expected: String) {
        self.field = field
        self.found = found
        self.expected = expected
    }

    public var kind: FailureKind { .badInput }

    public var description: String { "“\(field)” is \(found), expected \(expected)" }

    /// - Parameter isRight: false throws the field.
    static func check(
        _ isRight: Bool, _ field: @autoclosure () -> String, _ found: @autoclosure () -> String, _ expected: String
    ) throws(InvalidField) {
        if !isRight { throw InvalidField(field(), found: found(), expected: expected) }
    }

    /// The same field as a part of another one.
    public func inside(_ outer: String) -> InvalidField { InvalidField(outer + "." + field, found: found, expected: expected) }

    /// A text as a message may show it: in quotes, short, without control characters.
    public static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(60).map { $0.properties.generalCategory == .control ? "·" : String($0) }
        return "“" + shown.joined() + (text.unicodeScalars.count > 60 ? "…" : "") + "”"
    }
}
