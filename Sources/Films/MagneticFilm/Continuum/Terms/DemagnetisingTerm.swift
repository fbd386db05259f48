/// The demagnetising field of all cells on all cells, by convolution with the Newell tensor.
public final class DemagnetisingTerm<Scalar: ContinuumScalar> {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "demagnetising field", field: "−Σ_j N(r_i − r_j) Ms m_j",
            parameters: [.init("copies", "", "copies of the film on either side along a periodic axis")],
            source: "A. J. Newell, W. Williams, D. J. Dunlop, J. Geophys. Res. 98 (1993) 9551")
    }

    private let mesh: FilmMesh
    private let moment: ScalarField<Scalar>
    private let convolution: DemagConvolution<Scalar>

    init(mesh: FilmMesh, moment: ScalarField<Scalar>, threads: Int) throws(FilmError) {
        (self.mesh, self.moment) = (mesh, moment)
        convolution = try DemagConvolution(mesh: mesh, moment: moment, threads: threads)
    }

    /// Overwrites `field` in A/m.
    func setField(of m: VectorField<Scalar>, into field: VectorField<Scalar>, threads: FilmThreads) {
        convolution.setField(of: m, into: field, threads: threads)
    }

    /// −½ μ₀ Σ Ms m·H V, joule, for a field that `setField` gave.
    func energy(of m: VectorField<Scalar>, field: VectorField<Scalar>) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells { sum -= moment[i] * (m[i] * field[i]).sum() }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3 / 2
    }
}
