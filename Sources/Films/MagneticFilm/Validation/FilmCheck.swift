/// One row of the validation table: a number of ours beside one from outside.
public struct FilmCheck: Equatable, Sendable, Codable {
    public var name: String
    /// Nil when the computation gave no finite number, which fails.
    public var value: Double?
    public var reference: Double
    /// Largest |value − reference| that passes.
    public var tolerance: Double
    public var pass: Bool
    /// Where the reference comes from: a paper, another program, a closed form.
    public var source: String

    public init(_ name: String, _ value: Double, reference: Double, tolerance: Double, source: String) {
        self.init(name, value, reference: reference, tolerance: tolerance, source: source) {
            abs(value - reference) <= tolerance
        }
    }

    /// A check whose verdict is not a distance, such as a probability that must exceed a level.
    public init(
        _ name: String, _ value: Double, reference: Double, tolerance: Double, source: String, pass: () -> Bool
    ) {
        self.name = name
        self.value = value.isFinite ? value : nil
        self.reference = reference
        self.tolerance = tolerance
        self.pass = value.isFinite && pass()
        self.source = source
    }
}
