/// Uniaxial anisotropy of first order: energy density K (1 − (m·u)²), field 2K/(μ₀Ms) (m·u) u.
public final class UniaxialAnisotropyTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "uniaxial anisotropy", field: "2K/(μ0 Ms) (m·u) u",
            parameters: [
                .init("uniaxial_Jpm3", "J/m³", "K; positive for an easy axis"), .init("uniaxialAxis", "", "direction u"),
            ],
            source: "A. Hubert, R. Schäfer, Magnetic Domains (1998), 3.2.3")
    }

    private let mesh: FilmMesh
    /// K per cell, J/m³.
    private let constant: ScalarField<Scalar>
    /// 2K/(μ₀Ms) per cell, A/m.
    private let strength: ScalarField<Scalar>
    private let axis: VectorField<Scalar>
    private let stiffness: Double

    init(mesh: FilmMesh, moment: ScalarField<Scalar>, regions: FilmRegions) {
        self.mesh = mesh
        (constant, strength, axis) = (ScalarField(mesh), ScalarField(mesh), VectorField(mesh))
        var largest = 0.0
        for i in 0..<mesh.cells where moment[i] > 0 {
            let material = regions.material(i)
            constant[i] = material.uniaxial_Jpm3
            strength[i] = 2 * material.uniaxial_Jpm3 / (FilmConstants.vacuumPermeability * moment[i])
            axis[i] = material.uniaxialAxis / (material.uniaxialAxis * material.uniaxialAxis).sum().squareRoot()
            largest = max(largest, abs(strength[i]))
        }
        stiffness = largest
    }

    public func stiffness_Apm(at time_s: Double) -> Double { stiffness }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
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

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells where constant[i] != 0 {
            let along = (m[i] * axis[i]).sum()
            sum += constant[i] * (1 - along * along)
        }
        return sum * mesh.cellVolume_m3
    }
}
