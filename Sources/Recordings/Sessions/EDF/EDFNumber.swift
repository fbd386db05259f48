import Foundation

/// Numbers as the fields of a header hold them: plain decimals of at most eight characters.
enum EDFNumber {
    static let width = 8

    /// The shortest decimal that is exactly `value`; nil when no field holds it.
    static func text(_ value: Double, characters: Int = width) -> String? {
        if let whole = Int(exactly: value) {
            let text = String(whole)
            return text.count <= characters ? text : nil
        }
        guard value.magnitude < 1e8 else { return nil }
        for decimals in 1..<characters {
            let text = String(format: "%.\(decimals)f", value)
            guard text.count <= characters else { return nil }
            if Double(text) == value { return text }
        }
        return nil
    }

    /// The least number not below `value` (at least 0) that so many characters hold; nil when there is none.
    static func least(notBelow value: Double, characters: Int) -> Double? {
        guard value < 1e8 else { return nil }
        for decimals in stride(from: characters - 2, through: 0, by: -1) {
            let step = pow(10, Double(decimals))
            var rounded = (value * step).rounded()
            if rounded / step < value { rounded += 1 }
            let text = String(format: "%.\(decimals)f", rounded / step)
            if text.count <= characters, let number = Double(text), number >= value { return number }
        }
        return nil
    }
}
