import Foundation

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
        ExchangeTerm<Double>.declaration, UniaxialAnisotropyTerm<Double>.declaration, CubicAnisotropyTerm<Double>.declaration,
        InterfacialDMITerm<Double>.declaration, DemagnetisingTerm<Double>.declaration, AppliedFieldTerm<Double>.declaration,
        CellDriveTerm<Double>.declaration,
        ThermalTerm<Double>.declaration, ZhangLiTerm<Double>.declaration, SlonczewskiTerm<Double>.declaration,
    ]

    /// The papers behind all terms, each once.
    public static var papers: [String] {
        var found: [String] = []
        for term in all where term.source != "definition" {
            for paper in term.source.components(separatedBy: "; ") where !found.contains(paper) { found.append(paper) }
        }
        return found
    }
}

/// A local or nearest-neighbour contribution to the effective field.
///
/// A new term is a class in one file: its declaration, its field, its energy. A torque T perpendicular to m, as in Gilbert's
/// equation dm/dt = −γ₀ m × H + α m × dm/dt + T, is a term too: its field is that of −γ₀ m × H = T.
public protocol FieldTerm<Scalar>: AnyObject {
    associatedtype Scalar: ContinuumScalar

    static var declaration: TermDeclaration { get }

    /// Whether the field is the slope of an energy. Relaxation leaves other terms out.
    var isConservative: Bool { get }

    /// An upper bound in A/m of the field that limits a time step which begins at a time; 0 for fields that do not.
    func stiffness_Apm(at time_s: Double) -> Double

    /// When the term's field changes by itself, not with m.
    var times: DriveTimes { get }

    /// How strong the parts that change by themselves are at a time, A/m: an integrator compares their integrals over a step.
    func amplitudes_Apm(at time_s: Double) -> [SIMD3<Double>]

    /// Called before each step of fixed length for disjoint cells, from several threads; random fields are drawn here.
    func beginStep(_ step: UInt64, timeStep_s: Double, cells: Range<Int>)

    /// Called once before an evaluation, on the caller's thread.
    func prepare(time_s: Double)

    /// Adds the term's field in A/m to `field` for some cells. Called from several threads for disjoint cells.
    func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>)

    /// Energy in joule. The field of the last `prepare` counts. 0 for a term that has none.
    func energy(of m: VectorField<Scalar>) -> Double
}

extension FieldTerm {
    public var isConservative: Bool { true }
    public func stiffness_Apm(at time_s: Double) -> Double { 0 }
    public var times: DriveTimes { .constant }
    public func amplitudes_Apm(at time_s: Double) -> [SIMD3<Double>] { [] }
    public func beginStep(_ step: UInt64, timeStep_s: Double, cells: Range<Int>) {}
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
    /// Coulomb, exact.
    public static let elementaryCharge = 1.602176634e-19
    /// J/T, CODATA 2018.
    public static let bohrMagneton = 9.2740100783e-24
    /// ħ, J s.
    public static let reducedPlanck = 1.054571817e-34
}
