/// A property that was read or negotiated while opening the device: firmware, gains, a sound card's buffer.
public struct DeviceProperty: Sendable, Equatable {
    /// A property's value.
    public enum Value: Sendable, Equatable {
        case text(String)
        case number(Double)
        case numbers([Double])
        case flag(Bool)
    }

    /// For programs: in snake_case, with the unit at its end where there is one.
    public var key: String
    /// For people.
    public var label: String
    public var value: Value
    /// Empty for none.
    public var unit: String

    init(_ key: String, _ label: String, _ value: Value, unit: String = "") {
        self.key = key
        self.label = label
        self.value = value
        self.unit = unit
    }

    /// nil for a text that the device leaves empty.
    init?(_ key: String, _ label: String, text: String) {
        if text.isEmpty { return nil }
        self.init(key, label, .text(text))
    }

    init(_ key: String, _ label: String, _ number: Int, unit: String = "") {
        self.init(key, label, .number(Double(number)), unit: unit)
    }
}

extension DeviceProperty: CustomStringConvertible {
    /// "rate 16000 Hz"
    public var description: String {
        let words =
            switch value {
            case .text(let text): text
            case .number(let number): Self.text(number)
            case .numbers(let numbers): Self.text(numbers)
            case .flag(let isSet): isSet ? "yes" : "no"
            }
        return "\(label) \(words)" + (unit.isEmpty ? "" : " \(unit)")
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }

    /// One word for a list of equal numbers.
    private static func text(_ numbers: [Double]) -> String {
        guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else {
            return numbers.map(text).joined(separator: " ")
        }
        return text(first)
    }
}
