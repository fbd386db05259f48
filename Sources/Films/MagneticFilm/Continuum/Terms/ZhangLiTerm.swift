/// The torque of a current in the film's plane on a magnetisation that varies along it.
///
/// T = −(u·∇)m + ξ m × (u·∇)m as a field: H = −(m × v + ξ v)/γ₀ with v = (u·∇)m by central differences; over a free edge
/// or beside an empty cell m continues as it is.
public final class ZhangLiTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "spin-transfer torque in the plane", field: "−(m × v + ξ v)/γ0, v = (u·∇)m",
            parameters: [
                .init("velocity_mps", "m/s", "u = −P J g μB/(2 e Ms), against the current, as a function of time"),
                .init("nonAdiabaticity", "", "ξ"),
            ],
            source: "S. Zhang, Z. Li, Phys. Rev. Lett. 93 (2004) 127204; A. Thiaville et al., Europhys. Lett. 69 (2005) 990")
    }

    public var isConservative: Bool { false }
    public var nonAdiabaticity: Double
    /// u in m/s at a time in seconds, the same in all cells.
    public var velocity_mps: (Double) -> SIMD3<Double>
    public let times: DriveTimes
    private let mesh: FilmMesh
    private let moment: ScalarField<Scalar>
    private var now = SIMD3<Double>.zero

    init(
        mesh: FilmMesh, moment: ScalarField<Scalar>, nonAdiabaticity: Double, times: DriveTimes,
        velocity_mps: @escaping (Double) -> SIMD3<Double>
    ) {
        (self.mesh, self.moment, self.nonAdiabaticity) = (mesh, moment, nonAdiabaticity)
        (self.times, self.velocity_mps) = (times, velocity_mps)
    }

    /// The drift velocity of a current density.
    /// - Parameter polarisation: P, −1 to 1.
    public static func velocity_mps(
        current_Apm2 current: SIMD3<Double>, polarisation: Double = 1, saturation_Apm: Double
    ) -> SIMD3<Double> {
        -polarisation * FilmConstants.bohrMagneton / (FilmConstants.elementaryCharge * saturation_Apm) * current
    }

    public func prepare(time_s: Double) { now = velocity_mps(time_s) }

    /// (u·∇)m is |u|/Δ where m changes sign from cell to cell.
    public func amplitudes_Apm(at time_s: Double) -> [SIMD3<Double>] {
        let counts = SIMD3(Double(mesh.nx), Double(mesh.ny), Double(mesh.nz))
        let rate = (velocity_mps(time_s) / mesh.cellSize_m).replacing(with: 0, where: counts .< 2)
        return [rate * (1 + nonAdiabaticity * nonAdiabaticity).squareRoot() / FilmConstants.gyromagneticRatio]
    }

    public func stiffness_Apm(at time_s: Double) -> Double {
        let part = amplitudes_Apm(at: time_s)[0]
        return abs(part.x) + abs(part.y) + abs(part.z)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
        guard now != .zero else { return }
        let scale = now / (2 * mesh.cellSize_m)
        for i in cells where moment[i] > 0 {
            let own = m[i]
            var v = SIMD3<Double>.zero
            for axis in 0..<3 where scale[axis] != 0 {
                let (before, after) = mesh.neighbours(of: i, axis: axis)
                let left = before >= 0 && moment[before] > 0 ? m[before] : own
                let right = after >= 0 && moment[after] > 0 ? m[after] : own
                v += scale[axis] * (right - left)
            }
            field[i] -= (cross(own, v) + nonAdiabaticity * v) / FilmConstants.gyromagneticRatio
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double { 0 }
}
