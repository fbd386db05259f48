import FilmKernels

/// Exchange with the six nearest neighbours; free edges have no neighbour, which is the Neumann condition.
///
///     H(i) = 2A / (μ₀ Ms) Σ_j (m(j) − m(i)) / Δ²
///
/// Empty cells take no part.
public final class ExchangeTerm: FieldTerm {
    public static let declaration = TermDeclaration(
        "exchange", field: "2A/(μ0 Ms) Σ (m_j − m_i)/Δ²",
        parameters: [.init("exchange_Jpm", "J/m", "stiffness A")],
        source: "M. J. Donahue, D. G. Porter, Physica B 343 (2004) 177, six-neighbour form")

    private let mesh: FilmMesh
    private let moment: ScalarField
    private let inverse: ScalarField
    /// 2A/(μ₀Δ²) between a cell and the next one along x, y, z.
    private let coupling: [ScalarField]
    /// Faces across a periodic edge: two cells and their coupling.
    private var wrapped: [(Int, Int, Double)] = []

    init(mesh: FilmMesh, moment: ScalarField, exchange_Jpm: Double) {
        (self.mesh, self.moment) = (mesh, moment)
        inverse = ScalarField(mesh)
        for i in 0..<mesh.cells where moment.values[i] > 0 { inverse.values[i] = 1 / moment.values[i] }
        coupling = (0..<3).map { _ in ScalarField(mesh) }
        let counts = [mesh.nx, mesh.ny, mesh.nz]
        let strides = [1, mesh.nx, mesh.nx * mesh.ny]
        for i in 0..<mesh.cells where moment.values[i] > 0 {
            let place = [i % mesh.nx, i / mesh.nx % mesh.ny, i / (mesh.nx * mesh.ny)]
            for axis in 0..<3 {
                let edge = mesh.cellSize_m[axis]
                let strength = 2 * exchange_Jpm / (FilmConstants.vacuumPermeability * edge * edge)
                if place[axis] + 1 < counts[axis] {
                    if moment.values[i + strides[axis]] > 0 { coupling[axis].values[i] = strength }
                } else if axis < 2, mesh.copies[axis] > 0, counts[axis] > 1 {
                    let other = i - (counts[axis] - 1) * strides[axis]
                    if moment.values[other] > 0 { wrapped.append((i, other, strength)) }
                }
            }
        }
    }

    public func addField(of m: VectorField, to field: VectorField, cells: Range<Int>) {
        for axis in 0..<3 {
            larmor_add_exchange(
                cells.lowerBound, cells.upperBound, mesh.nx, mesh.nx * mesh.ny, m.components[axis], coupling[0].values,
                coupling[1].values, mesh.nz > 1 ? coupling[2].values : nil, inverse.values, field.components[axis])
        }
        for (a, b, strength) in wrapped {
            if cells.contains(a) { field[a] += strength * inverse.values[a] * (m[b] - m[a]) }
            if cells.contains(b) { field[b] += strength * inverse.values[b] * (m[a] - m[b]) }
        }
    }

    /// Σ over faces A (m_i − m_j)² V/Δ².
    public func energy(of m: VectorField) -> Double {
        let strides = [1, mesh.nx, mesh.nx * mesh.ny]
        var sum = 0.0
        for i in 0..<mesh.cells {
            for axis in 0..<3 where coupling[axis].values[i] > 0 {
                let d = m[i + strides[axis]] - m[i]
                sum += coupling[axis].values[i] * (d * d).sum()
            }
        }
        for (a, b, strength) in wrapped {
            let d = m[b] - m[a]
            sum += strength * (d * d).sum()
        }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3 / 2
    }
}
