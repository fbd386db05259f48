/// The torque of a current through the film, polarised along p by another layer.
///
/// T = γ₀ β (ε m × (p × m) − ε′ m × p) as a field: H = β (ε m × p + ε′ p), with β = ħ J / (μ₀ e d Ms) and
/// ε = P Λ² / ((Λ² + 1) + (Λ² − 1) m·p).
public final class SlonczewskiTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "spin-transfer torque across the film", field: "β (ε m × p + ε′ p), β = ħJ/(μ0 e d Ms)",
            parameters: [
                .init("current_Apm2", "A/m²", "J along the normal, in time; above 0 the torque turns m towards p"),
                .init("polarisation", "", "P"), .init("direction", "", "p, the fixed layer's magnetisation"),
                .init("asymmetry", "", "Λ, at least 1"), .init("fieldLike", "", "ε′"),
                .init("thickness_m", "m", "d of the free layer"),
            ],
            source: "J. C. Slonczewski, J. Magn. Magn. Mater. 159 (1996) L1; J. Xiao et al., Phys. Rev. B 70 (2004) 172405")
    }

    public var isConservative: Bool { false }
    public let parameters: SlonczewskiParameters
    /// J in A/m² at a time in seconds.
    public var current_Apm2: (Double) -> Double
    public let times: DriveTimes
    private let moment: ScalarField<Scalar>
    /// A/m, above 0.
    private let leastMoment: Double
    private let direction: SIMD3<Double>
    private var now = 0.0
    /// Of the current, for each cell; nil for 1 everywhere.
    private let shares: ScalarField<Scalar>?

    init(
        moment: ScalarField<Scalar>, parameters: SlonczewskiParameters, times: DriveTimes, shares: ScalarField<Scalar>? = nil,
        current_Apm2: @escaping (Double) -> Double
    ) {
        self.shares = shares
        (self.moment, self.parameters, self.current_Apm2, self.times) = (moment, parameters, current_Apm2, times)
        leastMoment = (0..<moment.count).reduce(.infinity) { moment[$1] > 0 ? min($0, moment[$1]) : $0 }
        let p = parameters.direction
        direction = p / (p * p).sum().squareRoot()
    }

    /// The current through one cell, A/m², of a term that ``ContinuumFilm/addCurrentPerCell(_:)`` made.
    public func set(_ current_Apm2: Double, at cell: Int) {
        guard let shares else { preconditionFailure("this current is the same in all cells") }
        precondition(cell >= 0 && cell < shares.count, "no such cell")
        shares[cell] = current_Apm2
    }

    public func prepare(time_s: Double) { now = current_Apm2(time_s) }

    /// β Ms of a current, (A/m)².
    private func scale(_ current_Apm2: Double) -> Double {
        FilmConstants.reducedPlanck * current_Apm2
            / (FilmConstants.vacuumPermeability * FilmConstants.elementaryCharge * parameters.thickness_m)
    }

    /// ε is largest where m points against p, P Λ²/2; its change with m adds at most half of that, and nothing for Λ = 1.
    public func amplitudes_Apm(at time_s: Double) -> [SIMD3<Double>] {
        let square = parameters.asymmetry * parameters.asymmetry
        let efficiency = abs(parameters.polarisation) * square / 2 * (1 + min(1, square - 1) / 2) + abs(parameters.fieldLike)
        let largest = shares.map { shares in (0..<shares.count).reduce(0) { max($0, abs(shares[$1])) } } ?? 1
        return [SIMD3(scale(current_Apm2(time_s)) * largest / leastMoment * efficiency, 0, 0)]
    }

    public func stiffness_Apm(at time_s: Double) -> Double { abs(amplitudes_Apm(at: time_s)[0].x) }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
        guard now != 0 else { return }
        let scale = scale(now)
        let square = parameters.asymmetry * parameters.asymmetry
        for i in cells where moment[i] > 0 {
            let own = m[i]
            let along = (own * direction).sum()
            let efficiency = parameters.polarisation * square / ((square + 1) + (square - 1) * along)
            let share = shares.map { $0[i] } ?? 1
            field[i] += scale * share / moment[i] * (efficiency * cross(own, direction) + parameters.fieldLike * direction)
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double { 0 }
}

/// What a current across a film depends on beside its density.
public struct SlonczewskiParameters: Sendable, Equatable, Codable {
    public var polarisation: Double
    public var direction: SIMD3<Double>
    public var asymmetry: Double
    public var fieldLike: Double
    public var thickness_m: Double

    public init(
        polarisation: Double, direction: SIMD3<Double>, asymmetry: Double = 1, fieldLike: Double = 0,
        thickness_m: Double
    ) {
        (self.polarisation, self.direction, self.asymmetry) = (polarisation, direction, asymmetry)
        (self.fieldLike, self.thickness_m) = (fieldLike, thickness_m)
    }
}
