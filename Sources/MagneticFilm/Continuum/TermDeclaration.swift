/// What a term of the effective field depends on; the manual's tables and the list of papers to cite come from these.
public struct TermDeclaration: Equatable, Sendable, Codable {
    public struct Parameter: Equatable, Sendable, Codable {
        public var name: String
        public var unit: String
        public var description: String

        public init(_ name: String, _ unit: String, _ description: String) {
            (self.name, self.unit, self.description) = (name, unit, description)
        }
    }

    public var name: String
    public var field: String
    public var parameters: [Parameter]
    public var source: String

    public init(_ name: String, field: String, parameters: [Parameter], source: String) {
        (self.name, self.field, self.parameters, self.source) = (name, field, parameters, source)
    }

    /// All terms that a continuum film can have.
    public static let all: [TermDeclaration] = [
        ExchangeTerm.declaration, UniaxialAnisotropyTerm.declaration, CubicAnisotropyTerm.declaration,
        DemagnetisingTerm.declaration, AppliedFieldTerm.declaration,
    ]
}

/// A local or nearest-neighbour contribution to the effective field.
///
/// A new term is a class in one file: its declaration, its field, its energy.
public protocol FieldTerm: AnyObject {
    static var declaration: TermDeclaration { get }

    /// Called once before an evaluation, on the caller's thread.
    func prepare(time_s: Double)

    /// Adds the term's field in A/m to `field` for some cells. Called from several threads for disjoint cells.
    func addField(of m: VectorField, to field: VectorField, cells: Range<Int>)

    /// Energy in joule. The field of the last `prepare` counts.
    func energy(of m: VectorField) -> Double
}

extension FieldTerm {
    public func prepare(time_s: Double) {}
}

/// Constants of the continuum model.
public enum FilmConstants {
    /// μ₀ as micromagnetic codes take it, 4π·10⁻⁷ T m/A.
    public static let vacuumPermeability = 4 * Double.pi * 1e-7
    /// γ₀ = μ₀ |γ| of muMAG standard problem 4, m/(A s).
    public static let gyromagneticRatio = 2.211e5
    /// J/K, exact by definition of the kelvin.
    public static let boltzmann = 1.380649e-23
}
