/// What is wrong with JSON that a person or a program wrote: field, expected, found, in our words.
package struct DecodingFault: CustomStringConvertible {
    /// "devices[0].wire"; "" for the whole text.
    package let field: String
    package let expected: String
    package let found: String

    /// - Parameter error: of a decoder; others say of the whole text that it cannot be read.
    package init(_ error: any Error) {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            self.init(context.codingPath + [key], expected: "a value", found: "none")
        case .valueNotFound(let type, let context):
            self.init(context.codingPath, expected: Self.words(type), found: "null")
        case .typeMismatch(let type, let context):
            self.init(context.codingPath, expected: Self.words(type), found: "another kind of value")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self.init(context.codingPath, expected: "a value that this field can have", found: Self.value(context))
        default: self.init([], expected: "JSON", found: "something else, or an end before its own")
        }
    }

    private init(_ path: [any CodingKey], expected: String, found: String) {
        field = path.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? key.stringValue : "." + key.stringValue)
        }
        self.expected = expected
        self.found = found
    }

    /// What an enumeration was to be made of, as the standard library tells it: "… from invalid String value sonar".
    private static func value(_ context: DecodingError.Context) -> String {
        let text = context.debugDescription
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let place = words.firstIndex(of: "invalid"), place + 2 < words.count, words[place + 2] == "value" else {
            return "another one"
        }
        return "“" + words[(place + 3)...].joined(separator: " ").prefix(80) + "”"
    }

    /// What a type is called by people.
    package static func words(_ type: Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any FixedWidthInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case let type where "\(type)".hasPrefix("Array<"): "a list"
        case let type where "\(type)".hasPrefix("Dictionary<"): "an object"
        case let type where "\(type)" == "Date": "a date"
        default: "an object"
        }
    }

    /// "“devices[0].wire”: expected a text, found another kind of value".
    package var description: String {
        (field.isEmpty ? "" : "“\(field.prefix(200))”: ") + "expected \(expected), found \(found)"
    }
}
