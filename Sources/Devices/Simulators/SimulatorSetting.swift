/// What a rig may say of a simulator: an option of its subcommand.
public struct SimulatorSetting: Sendable, Equatable {
    /// Which values it can have.
    public enum Kind: Sendable, Equatable {
        /// True or false: the option is given or not.
        case flag
        case whole(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case choice([String])
        /// The path of a file that is there.
        case file
    }

    /// The option's name, with _ for -.
    public let name: String
    public let kind: Kind

    public init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// The values in words: "a whole number from 1 to 256".
    public var expected: String {
        switch kind {
        case .flag: "true or false"
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
        case .choice(let names): "one of " + names.joined(separator: ", ")
        case .file: "the path of a file that is there"
        }
    }

    private static func text(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

    /// Whether a number is one that it can have.
    public func allows(_ value: Double) -> Bool {
        switch kind {
        case .whole(let range): Int(exactly: value).map { range.contains($0) } ?? false
        case .number(let range): range.contains(value)
        case .flag, .choice, .file: false
        }
    }
}
