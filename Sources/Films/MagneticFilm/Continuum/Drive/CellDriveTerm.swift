/// A field along the normal with a value of its own for each cell, which a caller replaces between steps: the drive of a
/// reservoir.
public final class CellDriveTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "drive per cell", field: "B_i e_z / μ0", parameters: [.init("field_T", "T", "along the normal, per cell")],
            source: "definition")
    }

    private let mesh: FilmMesh
    private let moment: ScalarField<Scalar>
    private let values: ScalarField<Scalar>

    init(mesh: FilmMesh, moment: ScalarField<Scalar>) {
        (self.mesh, self.moment) = (mesh, moment)
        values = ScalarField(mesh)
    }

    /// Tesla along the normal; empty cells feel nothing.
    public subscript(cell: Int) -> Double {
        get {
            precondition(cell >= 0 && cell < mesh.cells, "no such cell")
            return values[cell] * FilmConstants.vacuumPermeability
        }
        set {
            precondition(cell >= 0 && cell < mesh.cells, "no such cell")
            values[cell] = newValue / FilmConstants.vacuumPermeability
        }
    }

    public func stiffness_Apm(at time_s: Double) -> Double {
        var largest = 0.0
        for i in 0..<mesh.cells { largest = max(largest, abs(values[i])) }
        return largest
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
        let (h, drive) = (field.components[2], values.values)
        for i in cells { h[i] += drive[i] }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells { sum -= moment[i] * m[i].z * values[i] }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3
    }
}

extension ContinuumFilm {
    /// Adds a drive per cell, nought at first.
    public func addCellDrive() -> CellDriveTerm<Scalar> {
        let term = CellDriveTerm<Scalar>(mesh: mesh, moment: moment)
        terms.append(term)
        return term
    }
}
