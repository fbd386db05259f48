/// A field along one direction, most often the normal, with a value of its own for each cell, which a caller replaces between
/// steps: the drive of a reservoir.
public final class CellDriveTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "drive per cell", field: "B_i d / μ0",
            parameters: [
                .init("field_T", "T", "per cell"), .init("direction", "", "d, of length 1; the normal where none is given"),
            ],
            source: "definition")
    }

    private let mesh: FilmMesh
    private let moment: ScalarField<Scalar>
    private let values: ScalarField<Scalar>
    /// Of length 1.
    private let direction: SIMD3<Double>

    init(mesh: FilmMesh, moment: ScalarField<Scalar>, direction: SIMD3<Double>) {
        (self.mesh, self.moment, self.direction) = (mesh, moment, direction)
        values = ScalarField(mesh)
    }

    /// Tesla along the direction; empty cells feel nothing.
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
        for axis in 0..<3 where direction[axis] != 0 {
            let (h, drive, share) = (field.components[axis], values.values, Scalar(direction[axis]))
            for i in cells { h[i] += share * drive[i] }
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells { sum -= moment[i] * (m[i] * direction).sum() * values[i] }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3
    }
}

extension ContinuumFilm {
    /// Adds a drive per cell along the normal, nought at first.
    public func addCellDrive() -> CellDriveTerm<Scalar> {
        let term = CellDriveTerm<Scalar>(mesh: mesh, moment: moment, direction: SIMD3(0, 0, 1))
        terms.append(term)
        return term
    }

    /// Adds a drive per cell, nought at first.
    /// - Parameter direction: its length does not matter.
    /// - Throws: `FilmError` for a direction without length.
    public func addCellDrive(along direction: SIMD3<Double>) throws(FilmError) -> CellDriveTerm<Scalar> {
        let length = (direction * direction).sum().squareRoot()
        guard (1e-6...1e6).contains(length) else {
            throw FilmError(.outOfRange(name: "length of the drive's direction", value: length, expected: "above 0"))
        }
        let term = CellDriveTerm<Scalar>(mesh: mesh, moment: moment, direction: direction / length)
        terms.append(term)
        return term
    }
}
