/// Cubic anisotropy of first order: energy density K1 (a²b² + b²c² + c²a²), a, b, c the components of m along the crystal's
/// axes.
public final class CubicAnisotropyTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "cubic anisotropy", field: "−2K1/(μ0 Ms) m_i (m_j² + m_k²)",
            parameters: [
                .init("cubic_Jpm3", "J/m³", "K1; positive for easy axes along the edges of the cube"),
                .init("cubicAxes", "", "two of the crystal's axes"),
            ],
            source: "A. Hubert, R. Schäfer, Magnetic Domains (1998), 3.2.3")
    }

    private let mesh: FilmMesh
    private let moment: ScalarField<Scalar>
    private let region: [Int32]
    /// K1, J/m³, and the crystal's axes, by region.
    private let constants: [Double]
    private let crystals: [[SIMD3<Double>]]
    private let stiffness: Double

    init(mesh: FilmMesh, moment: ScalarField<Scalar>, regions: FilmRegions) {
        (self.mesh, self.moment, region) = (mesh, moment, regions.cells)
        constants = regions.materials.map(\.cubic_Jpm3)
        crystals = regions.materials.map(\.crystal)
        stiffness =
            regions.materials.map { 2 * abs($0.cubic_Jpm3) / (FilmConstants.vacuumPermeability * $0.saturation_Apm) }.max() ?? 0
    }

    private func components(_ m: SIMD3<Double>, _ crystal: [SIMD3<Double>]) -> SIMD3<Double> {
        SIMD3((m * crystal[0]).sum(), (m * crystal[1]).sum(), (m * crystal[2]).sum())
    }

    public func stiffness_Apm(at time_s: Double) -> Double { stiffness }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
        for i in cells where moment[i] > 0 {
            let crystal = crystals[Int(region[i])]
            let v = components(m[i], crystal)
            let squares = v * v
            let strength = -2 * constants[Int(region[i])] / (FilmConstants.vacuumPermeability * moment[i])
            let h = strength * v * (squares.sum() - squares)
            field[i] += h.x * crystal[0] + h.y * crystal[1] + h.z * crystal[2]
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells where moment[i] > 0 {
            let v = components(m[i], crystals[Int(region[i])])
            let s = v * v
            sum += constants[Int(region[i])] * (s.x * s.y + s.y * s.z + s.z * s.x)
        }
        return sum * mesh.cellVolume_m3
    }
}
