/// Dzyaloshinskii–Moriya interaction of a film with an interface: energy density
/// D [m_z (∂x m_x + ∂y m_y) − (m_x ∂x + m_y ∂y) m_z].
///
/// Between neighbours i, j at the unit vector e the energy is D V/Δ (z × e)·(m_i × m_j), so field and energy agree exactly.
/// At a free edge with the normal n the magnetisation turns as 2A ∂n m = D (z × n) × m. The half of an edge cell that lies
/// beyond its centre has the energy of that turn, −D²/(4A) (m_n² + m_z²); with it the edge is of second order, too.
///
/// Source: A. N. Bogdanov, U. K. Rößler, Phys. Rev. Lett. 87 (2001) 037203; edge: S. Rohart, A. Thiaville, Phys. Rev. B 88
/// (2013) 184422, equation 6.
public final class InterfacialDMITerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "interfacial Dzyaloshinskii–Moriya", field: "2D/(μ0 Ms) (∂x m_z, ∂y m_z, −∂x m_x − ∂y m_y)",
            parameters: [.init("interfacialDMI_Jpm2", "J/m²", "D; positive turns m clockwise along a path from up to down")],
            source: "A. N. Bogdanov, U. K. Rößler, Phys. Rev. Lett. 87 (2001) 037203; "
                + "S. Rohart, A. Thiaville, Phys. Rev. B 88 (2013) 184422")
    }

    private let mesh: FilmMesh
    private let moment: ScalarField<Scalar>
    /// D/(μ₀Δ) between a cell and the next one along x, y; 0 where there is none.
    private let coupling: [ScalarField<Scalar>]
    /// D²/(4Aμ₀) times the number of free edges along x, y.
    private let edge: [ScalarField<Scalar>]
    /// The largest sum of the absolute couplings of a cell's m_z, edges included: no eigenvalue is larger (Gershgorin).
    private let stiffness: Double

    init(mesh: FilmMesh, moment: ScalarField<Scalar>, regions: FilmRegions) {
        (self.mesh, self.moment) = (mesh, moment)
        coupling = (0..<2).map { _ in ScalarField(mesh) }
        edge = (0..<2).map { _ in ScalarField(mesh) }
        var sums = [Double](repeating: 0, count: mesh.cells)
        for i in 0..<mesh.cells where moment[i] > 0 {
            let own = regions.material(i)
            for axis in 0..<2 {
                let size = FilmConstants.vacuumPermeability * mesh.cellSize_m[axis]
                let (before, after) = mesh.neighbours(of: i, axis: axis)
                if after >= 0, moment[after] > 0 {
                    let other = regions.material(after)
                    coupling[axis][i] = (own.interfacialDMI_Jpm2 + other.interfacialDMI_Jpm2) / 2 / size
                    sums[i] += abs(coupling[axis][i])
                    sums[after] += abs(coupling[axis][i])
                }
                let free = [before, after].count { $0 < 0 || moment.values[$0] == 0 }
                if own.exchange_Jpm > 0 {
                    let square = own.interfacialDMI_Jpm2 * own.interfacialDMI_Jpm2
                    edge[axis][i] =
                        Double(free) * square / (4 * own.exchange_Jpm * FilmConstants.vacuumPermeability)
                    sums[i] += edge[axis][i]
                }
            }
        }
        var largest = 0.0
        for i in 0..<mesh.cells where moment[i] > 0 { largest = max(largest, sums[i] / moment[i]) }
        stiffness = largest
    }

    public func stiffness_Apm(at time_s: Double) -> Double { stiffness }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
        for i in cells where moment[i] > 0 {
            let own = m[i]
            var h = SIMD3<Double>.zero
            for axis in 0..<2 {
                let (before, after) = mesh.neighbours(of: i, axis: axis)
                if after >= 0, coupling[axis][i] != 0 {
                    let c = coupling[axis][i]
                    h[axis] += c * m[after].z
                    h.z -= c * m[after][axis]
                }
                if before >= 0, coupling[axis][before] != 0 {
                    let c = coupling[axis][before]
                    h[axis] -= c * m[before].z
                    h.z += c * m[before][axis]
                }
                h[axis] += edge[axis][i] * own[axis]
                h.z += edge[axis][i] * own.z
            }
            field[i] += h / moment[i]
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells where moment[i] > 0 {
            let own = m[i]
            for axis in 0..<2 {
                let after = mesh.neighbours(of: i, axis: axis).after
                if after >= 0, coupling[axis][i] != 0 {
                    sum += coupling[axis][i] * (own.z * m[after][axis] - own[axis] * m[after].z)
                }
                sum -= edge[axis][i] * (own[axis] * own[axis] + own.z * own.z) / 2
            }
        }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3
    }
}
