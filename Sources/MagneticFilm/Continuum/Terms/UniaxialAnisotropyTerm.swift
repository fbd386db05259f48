/// Uniaxial anisotropy of first order: energy density K (1 − (m·u)²), field 2K/(μ₀Ms) (m·u) u.
public final class UniaxialAnisotropyTerm: FieldTerm {
    public static let declaration = TermDeclaration(
        "uniaxial anisotropy", field: "2K/(μ0 Ms) (m·u) u",
        parameters: [
            .init("uniaxial_Jpm3", "J/m³", "K; positive for an easy axis"), .init("uniaxialAxis", "", "direction u"),
        ],
        source: "A. Hubert, R. Schäfer, Magnetic Domains (1998), 3.2.3")

    private let mesh: FilmMesh
    /// K per cell, J/m³.
    private let constant: ScalarField
    /// 2K/(μ₀Ms) per cell, A/m.
    private let strength: ScalarField
    private let axis: VectorField
    public let stiffness_Apm: Double

    init(mesh: FilmMesh, moment: ScalarField, regions: FilmRegions) {
        self.mesh = mesh
        (constant, strength, axis) = (ScalarField(mesh), ScalarField(mesh), VectorField(mesh))
        var largest = 0.0
        for i in 0..<mesh.cells where moment.values[i] > 0 {
            let material = regions.material(i)
            constant.values[i] = material.uniaxial_Jpm3
            strength.values[i] = 2 * material.uniaxial_Jpm3 / (FilmConstants.vacuumPermeability * moment.values[i])
            axis[i] = material.uniaxialAxis / (material.uniaxialAxis * material.uniaxialAxis).sum().squareRoot()
            largest = max(largest, abs(strength.values[i]))
        }
        stiffness_Apm = largest
    }

    public func addField(of m: VectorField, to field: VectorField, cells: Range<Int>) {
        let (mx, my, mz) = (m.components[0], m.components[1], m.components[2])
        let (ux, uy, uz) = (axis.components[0], axis.components[1], axis.components[2])
        let (hx, hy, hz) = (field.components[0], field.components[1], field.components[2])
        for i in cells {
            let along = strength.values[i] * (mx[i] * ux[i] + my[i] * uy[i] + mz[i] * uz[i])
            hx[i] += along * ux[i]
            hy[i] += along * uy[i]
            hz[i] += along * uz[i]
        }
    }

    public func energy(of m: VectorField) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells where constant.values[i] != 0 {
            let along = (m[i] * axis[i]).sum()
            sum += constant.values[i] * (1 - along * along)
        }
        return sum * mesh.cellVolume_m3
    }
}
