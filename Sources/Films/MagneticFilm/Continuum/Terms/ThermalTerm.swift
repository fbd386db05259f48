/// The random field of a film at a temperature, constant during a step.
///
/// Each component of each cell's field is normal, with the variance 2 α k_B T / (γ₀ μ₀ Ms V Δt) that the
/// fluctuation–dissipation theorem asks of Gilbert's equation. A step of Heun's method with it converges to the
/// stochastic equation in the sense of Stratonovich. The numbers are a function of seed, step and cell.
///
/// Source: W. F. Brown, Phys. Rev. 130 (1963) 1677; J. L. García-Palacios, F. J. Lázaro, Phys. Rev. B 58 (1998) 14937.
public final class ThermalTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "thermal field", field: "√(2αk_BT/(γ0 μ0 Ms V Δt)) η",
            parameters: [
                .init("temperature_K", "K", "one value, or one per cell"),
                .init("seed", "", "of the random numbers; the same seed gives the same run"),
            ],
            source: "W. F. Brown, Phys. Rev. 130 (1963) 1677; J. L. García-Palacios, F. J. Lázaro, Phys. Rev. B 58 (1998) 14937"
        )
    }

    public var isConservative: Bool { false }
    public internal(set) var seed: UInt64
    private let mesh: FilmMesh
    private let noise: VectorField<Scalar>
    /// √(2 α k_B T / (γ₀ μ₀ Ms V)), to be divided by √Δt.
    private let strength: ScalarField<Scalar>

    /// - Parameter temperature_K: per cell, at least 0.
    init(
        mesh: FilmMesh, moment: ScalarField<Scalar>, damping: ScalarField<Scalar>, temperature_K: [Double], seed: UInt64
    ) {
        (self.mesh, self.seed) = (mesh, seed)
        noise = VectorField(mesh)
        strength = ScalarField(mesh)
        for i in 0..<mesh.cells where moment[i] > 0 {
            let moment = FilmConstants.vacuumPermeability * moment[i] * mesh.cellVolume_m3
            let variance = 2 * damping[i] * FilmConstants.boltzmann * temperature_K[i]
            strength[i] = (variance / (FilmConstants.gyromagneticRatio * moment)).squareRoot()
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func beginStep(_ step: UInt64, timeStep_s: Double, cells: Range<Int>) {
        let scale = 1 / timeStep_s.squareRoot()
        for i in cells where strength[i] > 0 {
            let value = Philox.normals(seed: seed, stream: 0, index: UInt32(i), step: step)
            noise[i] = scale * strength[i] * value
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
        for axis in 0..<3 {
            let (h, random) = (field.components[axis], noise.components[axis])
            for i in cells { h[i] += random[i] }
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double { 0 }
}
