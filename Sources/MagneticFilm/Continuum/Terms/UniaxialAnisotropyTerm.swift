/// Uniaxial anisotropy of first order: energy density K (1 − (m·u)²), field 2K/(μ₀Ms) (m·u) u.
public final class UniaxialAnisotropyTerm: FieldTerm {
    public static let declaration = TermDeclaration(
        "uniaxial anisotropy", field: "2K/(μ0 Ms) (m·u) u",
        parameters: [
            .init("uniaxial_Jpm3", "J/m³", "K; positive for an easy axis"), .init("uniaxialAxis", "", "direction u"),
        ],
        source: "A. Hubert, R. Schäfer, Magnetic Domains (1998), 3.2.3")

    private let mesh: FilmMesh
    private let moment: ScalarField
    private let constant: Double
    private let axis: SIMD3<Double>

    init(mesh: FilmMesh, moment: ScalarField, constant_Jpm3: Double, axis: SIMD3<Double>) {
        (self.mesh, self.moment, constant) = (mesh, moment, constant_Jpm3)
        self.axis = axis / (axis * axis).sum().squareRoot()
    }

    public func addField(of m: VectorField, to field: VectorField, cells: Range<Int>) {
        let (mx, my, mz) = (m.components[0], m.components[1], m.components[2])
        let (hx, hy, hz) = (field.components[0], field.components[1], field.components[2])
        for i in cells where moment.values[i] > 0 {
            let along = mx[i] * axis.x + my[i] * axis.y + mz[i] * axis.z
            let strength = 2 * constant / (FilmConstants.vacuumPermeability * moment.values[i]) * along
            hx[i] += strength * axis.x
            hy[i] += strength * axis.y
            hz[i] += strength * axis.z
        }
    }

    public func energy(of m: VectorField) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells where moment.values[i] > 0 {
            let along = (m[i] * axis).sum()
            sum += 1 - along * along
        }
        return constant * sum * mesh.cellVolume_m3
    }
}
