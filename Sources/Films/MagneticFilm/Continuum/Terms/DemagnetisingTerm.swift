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
    /// The same in Float, for a film in Double; made when it is first wanted.
    private var single: DemagConvolution<Float>?

    init(mesh: FilmMesh, moment: ScalarField<Scalar>, threads: Int) throws(FilmError) {
        (self.mesh, self.moment) = (mesh, moment)
        convolution = try DemagConvolution(mesh: mesh, moment: moment, threads: threads)
    }

    /// Overwrites `field` in A/m.
    /// - Parameter inSingle: lets a film in Double have its convolution in Float, with errors of 1e-7 of Ms: half the memory goes to
    ///   and fro, and it takes half the time.
    func setField(of m: VectorField<Scalar>, into field: VectorField<Scalar>, threads: FilmThreads, inSingle: Bool = false) {
        if inSingle, let m = m as? VectorField<Double>, let field = field as? VectorField<Double> {
            let convolution = single ?? makeSingle(threads.count)
            return convolution.setField(of: m, into: field, threads: threads)
        }
        convolution.setField(of: m, into: field, threads: threads)
    }

    private func makeSingle(_ threads: Int) -> DemagConvolution<Float> {
        let rounded = ScalarField<Float>(mesh)
        for i in 0..<mesh.cells { rounded[i] = moment[i] }
        let made = convolution.rounded(rounded, threads: threads)
        single = made
        return made
    }

    /// −½ μ₀ Σ Ms m·H V, joule, for a field that `setField` gave.
    func energy(of m: VectorField<Scalar>, field: VectorField<Scalar>) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells { sum -= moment[i] * (m[i] * field[i]).sum() }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3 / 2
    }
}
