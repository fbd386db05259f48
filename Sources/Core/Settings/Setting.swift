/// A value of a settings file.
public enum Setting: Equatable, Sendable {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case list([Setting])
    /// A date, a time or both, as it would be written.
    case moment(String)

    /// The text; nil for other types.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The integer; nil for other types.
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    /// True or false; nil for other types.
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    /// The list; nil for other types.
    public var list: [Setting]? { if case .list(let value) = self { value } else { nil } }

    /// An integer counts as a number.
    public var number: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// How the value's type is called in messages.
    public var typeName: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        case .list: "a list"
        case .moment: "a date or time"
        }
    }
}

/// As a rig file has it.
extension Setting: CustomStringConvertible {
    public var description: String {
        switch self {
        case .string(let value): value
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .moment(let text): text
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        }
    }
}
