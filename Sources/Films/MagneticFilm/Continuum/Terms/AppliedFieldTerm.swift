/// The field from outside: uniform and per cell, each constant or varying in time.
public final class AppliedFieldTerm<Scalar: ContinuumScalar>: FieldTerm {
    public static var declaration: TermDeclaration {
        TermDeclaration(
            "applied field", field: "H(t) + Σ f_p(t) H_p(cell)",
            parameters: [
                .init("uniform", "A/m", "one vector as a function of time"),
                .init("patterns", "A/m", "a vector per cell, times a function of time"),
            ],
            source: "definition")
    }

    private let mesh: FilmMesh
    private let moment: ScalarField<Scalar>
    /// The uniform field in A/m at a time in seconds. A function that moves fast or jumps needs ``uniformTimes``, too.
    public var uniform: (Double) -> SIMD3<Double> = { _ in .zero } {
        didSet { uniformTimes = .constant }
    }
    /// When the uniform field changes; a new function begins without.
    public var uniformTimes = DriveTimes.constant
    private var patterns: [(field: VectorField<Scalar>, largest_Apm: Double, times: DriveTimes, factor: (Double) -> Double)] =
        []
    private var now = SIMD3<Double>.zero
    private var factors: [Double] = []

    init(mesh: FilmMesh, moment: ScalarField<Scalar>) { (self.mesh, self.moment) = (mesh, moment) }

    /// Adds a field of its own for each cell.
    /// - Parameters:
    ///   - values: A/m, one vector per cell, x fastest.
    ///   - times: when the factor changes.
    ///   - factor: dimensionless, at a time in seconds.
    /// - Throws: `FilmError` for another number of cells or a value that is not finite.
    public func addPattern(
        _ values: [SIMD3<Double>], times: DriveTimes = .constant, factor: @escaping (Double) -> Double = { _ in 1 }
    ) throws(FilmError) {
        guard values.count == mesh.cells else {
            throw FilmError(.shape(name: "field per cell", expected: mesh.cells, found: values.count))
        }
        if let place = values.firstIndex(where: { !$0.x.isFinite || !$0.y.isFinite || !$0.z.isFinite }) {
            throw FilmError(.notFinite(name: "field per cell", at: place))
        }
        let field = VectorField<Scalar>(mesh)
        for (i, value) in values.enumerated() { field[i] = value }
        let largest = values.reduce(0) { max($0, ($1 * $1).sum()) }.squareRoot()
        patterns.append((field, largest, times, factor))
    }

    public var times: DriveTimes { patterns.reduce(uniformTimes) { $0.merged(with: $1.times) } }

    public func amplitudes_Apm(at time_s: Double) -> [SIMD3<Double>] {
        [uniform(time_s)] + patterns.map { SIMD3($0.largest_Apm * $0.factor(time_s), 0, 0) }
    }

    public func stiffness_Apm(at time_s: Double) -> Double {
        amplitudes_Apm(at: time_s).reduce(0) { $0 + ($1 * $1).sum().squareRoot() }
    }

    public func prepare(time_s: Double) {
        now = uniform(time_s)
        factors = patterns.map { $0.factor(time_s) }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addField(of m: VectorField<Scalar>, to field: VectorField<Scalar>, cells: Range<Int>) {
        for axis in 0..<3 {
            let h = field.components[axis]
            let value = Scalar(now[axis])
            if value != 0 { for i in cells { h[i] += value } }
            for (pattern, factor) in zip(patterns, factors) where factor != 0 {
                let (source, factor) = (pattern.field.components[axis], Scalar(factor))
                for i in cells { h[i] += factor * source[i] }
            }
        }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energy(of m: VectorField<Scalar>) -> Double {
        var sum = 0.0
        for i in 0..<mesh.cells {
            var h = now
            for (pattern, factor) in zip(patterns, factors) { h += factor * pattern.field[i] }
            sum -= moment[i] * (m[i] * h).sum()
        }
        return sum * FilmConstants.vacuumPermeability * mesh.cellVolume_m3
    }
}
