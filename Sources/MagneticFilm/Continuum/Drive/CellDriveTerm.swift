/// A field along the normal with a value of its own for each cell, which a caller replaces between steps: the drive of a
/// reservoir.
public final class CellDriveTerm: FieldTerm {
    public static let declaration = TermDeclaration(
        "drive per cell", field: "B_i e_z / μ0", parameters: [.init("field_T", "T", "along the normal, per cell")],
        source: "definition")

    private let mesh: FilmMesh
    private let moment: ScalarField
    private let values: ScalarField

    init(mesh: FilmMesh, moment: ScalarField) {
        (self.mesh, self.moment) = (mesh, moment)
        values = ScalarField(mesh)
    }

    /// Tesla along the normal; empty cells feel nothing.
    public subscript(cell: Int) -> Double {
        get {
            precondition(cell >= 0 && cell < mesh.cells, "no such cell")
            return values.values[cell] * FilmConstants.vacuumPermeability
        }
        set {
            precondition(cell >= 0 && cell < mesh.cells, "no such cell")
            values.values[cell] = newValue / FilmConstants.vacuumPermeability
        }
    }

    public var stiffness_Apm: Double {
        var largest = 0.0
        for i in 0..<mesh.cells { largest = max(largest, abs(values.values[i])) }
        return largest
    }

    public func addField(of m: VectorField, to field: VectorField, cells: Range<Int>) {
        let (h, drive) = (field.components[2], values.values)
        for i in cells { h[i] += drive[i] }
    }

    public func energy(of m: VectorField) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells { sum -= moment.values[i] * m[i].z * values.values[i] }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3
    }
}

extension ContinuumFilm {
    /// Adds a drive per cell, nought at first.
    public func addCellDrive() -> CellDriveTerm {
        let term = CellDriveTerm(mesh: mesh, moment: moment)
        terms.append(term)
        return term
    }
}
