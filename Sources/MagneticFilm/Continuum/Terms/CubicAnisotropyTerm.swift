/// Cubic anisotropy of first order along x, y, z: energy density K1 (mx²my² + my²mz² + mz²mx²).
public final class CubicAnisotropyTerm: FieldTerm {
    public static let declaration = TermDeclaration(
        "cubic anisotropy", field: "−2K1/(μ0 Ms) m_i (m_j² + m_k²)",
        parameters: [.init("cubic_Jpm3", "J/m³", "K1; positive for easy axes along the edges of the cube")],
        source: "A. Hubert, R. Schäfer, Magnetic Domains (1998), 3.2.3")

    private let mesh: FilmMesh
    private let moment: ScalarField
    private let constant: Double

    init(mesh: FilmMesh, moment: ScalarField, constant_Jpm3: Double) {
        (self.mesh, self.moment, constant) = (mesh, moment, constant_Jpm3)
    }

    public func addField(of m: VectorField, to field: VectorField, cells: Range<Int>) {
        for i in cells where moment.values[i] > 0 {
            let v = m[i]
            let squares = v * v
            let strength = -2 * constant / (FilmConstants.vacuumPermeability * moment.values[i])
            field[i] += strength * v * (squares.sum() - squares)
        }
    }

    public func energy(of m: VectorField) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells where moment.values[i] > 0 {
            let s = m[i] * m[i]
            sum += s.x * s.y + s.y * s.z + s.z * s.x
        }
        return constant * sum * mesh.cellVolume_m3
    }
}
