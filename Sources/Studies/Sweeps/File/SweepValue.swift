/// One value of a parameter. A number without fraction is an integer, so that a value has one form in file, store and command line.
public enum SweepValue: Sendable, Hashable, CustomStringConvertible {
    case integer(Int)
    case number(Double)
    case string(String)
    /// Of a flag: whether it stands on the command line.
    case boolean(Bool)

    /// - Parameter number: finite.
    public init(_ number: Double) {
        self = number == number.rounded() && abs(number) < 0x1p53 ? .integer(Int(number)) : .number(number)
    }

    /// As it stands on the command line.
    public var description: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value
        case .boolean(let value): "\(value)"
        }
    }

    /// Nil for texts and flags.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string, .boolean: nil
        }
    }
}

extension SweepValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        }
    }
}
