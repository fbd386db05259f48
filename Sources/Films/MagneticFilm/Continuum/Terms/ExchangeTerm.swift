/// Exchange with the six nearest neighbours; free edges have no neighbour, which is the Neumann condition.
///
///     H(i) = 2A / (μ₀ Ms) Σ_j (m(j) − m(i)) / Δ²
///
/// Between regions A is the harmonic mean of both, times the factor that the regions give their boundary; empty cells take
/// no part.
public final class ExchangeTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "exchange", field: "2A/(μ0 Ms) Σ (m_j − m_i)/Δ²",
            parameters: [
                .init("exchange_Jpm", "J/m", "stiffness A; the harmonic mean between regions"),
                .init("boundaries", "", "factor of A, or coupling J in J/m², between two regions"),
            ],
            source: "M. J. Donahue, D. G. Porter, Physica B 343 (2004) 177, six-neighbour form")
    }

    private let mesh: FilmMesh
    private let moment: ScalarField<Scalar>
    private let inverse: ScalarField<Scalar>
    /// 2A/(μ₀Δ²) between a cell and the next one along x, y, z.
    private let coupling: [ScalarField<Scalar>]
    /// Faces across a periodic edge: two cells and their coupling.
    private var wrapped: [(Int, Int, Double)] = []

    /// The largest 2 Σ |2A/(μ₀MsΔ²)| over the faces of a cell: no eigenvalue of the exchange operator is larger (Gershgorin).
    private let stiffness: Double

    init(mesh: FilmMesh, moment: ScalarField<Scalar>, regions: FilmRegions) {
        (self.mesh, self.moment) = (mesh, moment)
        inverse = ScalarField(mesh)
        for i in 0..<mesh.cells where moment[i] > 0 { inverse[i] = 1 / moment[i] }
        coupling = (0..<3).map { _ in ScalarField(mesh) }
        let counts = [mesh.nx, mesh.ny, mesh.nz]
        var sums = [Double](repeating: 0, count: mesh.cells)
        for i in 0..<mesh.cells where moment[i] > 0 {
            for axis in 0..<3 where counts[axis] > 1 {
                let edge = mesh.cellSize_m[axis]
                let after = mesh.neighbours(of: i, axis: axis).after
                guard after >= 0, moment[after] > 0 else { continue }
                let stiffness = regions.exchange_Jpm(i, after, distance_m: edge)
                let strength = 2 * stiffness / (FilmConstants.vacuumPermeability * edge * edge)
                if after > i { coupling[axis][i] = strength } else { wrapped.append((i, after, strength)) }
                sums[i] += abs(strength)
                sums[after] += abs(strength)
            }
        }
        var largest = 0.0
        for i in 0..<mesh.cells { largest = max(largest, 2 * sums[i] * inverse[i]) }
        stiffness = largest
    }

    public func stiffness_Apm(at time_s: Double) -> Double { stiffness }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
        for axis in 0..<3 {
            Scalar.addExchange(
                cells, mesh.nx, mesh.nx * mesh.ny, m.components[axis], coupling[0].values,
                coupling[1].values, mesh.nz > 1 ? coupling[2].values : nil, inverse.values, field.components[axis])
        }
        for (a, b, strength) in wrapped {
            if cells.contains(a) { field[a] += strength * inverse[a] * (m[b] - m[a]) }
            if cells.contains(b) { field[b] += strength * inverse[b] * (m[a] - m[b]) }
        }
    }

    /// Σ over faces A (m_i − m_j)² V/Δ².
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double {
        let strides = [1, mesh.nx, mesh.nx * mesh.ny]
        var sum = 0.0
        for i in 0..<mesh.cells {
            for axis in 0..<3 where coupling[axis][i] != 0 {
                let d = m[i + strides[axis]] - m[i]
                sum += coupling[axis][i] * (d * d).sum()
            }
        }
        for (a, b, strength) in wrapped {
            let d = m[b] - m[a]
            sum += strength * (d * d).sum()
        }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3 / 2
    }
}
