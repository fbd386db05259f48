import Glibc
import LinearAlgebra

/// One or several films of the same geometry side by side, stepped together by the Landau–Lifshitz–Gilbert equation.
///
///     dm/dt = −γ/(1 + α²) [ m × B + α m × (m × B) ]
///
/// with the fields of the founding study's program, in tesla, for cell i with N atoms and the moment M = N μ:
///
///     exchange    Σ_j A_ij (m_j − m_i),  A_ij = J n_ij N^(1/3) / (2 M N), n_ij atom pairs across the common edge
///     anisotropy  −(K/μ) (m_x, m_y, 0), easy axis along the normal
///     dipoles     μ₀/4π Σ_j T_ij M_j m_j, refreshed once per input
///     drive       along the normal, one value per cell, held during an input
///
/// Against continuum micromagnetics the exchange is 0.203 of its value for 15 × 15 atoms and the anisotropy field one
/// half; the model is kept because published film reservoirs use it.
///
/// All memory is claimed at creation. Results depend on the configuration and the inputs only; between instruction
/// sets they may differ by rounding. Not for use from two threads at once.
///
/// - Source: VAMPIRE 5, `micromagnetic_llg.cpp`, `calculate_A.cpp`, `calculate_ku.cpp`, as used by M. Dale et al.,
///   arXiv:2101.12700; Heun's method with normalisation after each stage.
public final class MacroCellFilm<Scalar: MacroCellScalar> {
    public let configurations: [MacroCellFilmConfiguration]
    public var films: Int { configurations.count }
    /// Cells of one film.
    public let cells: Int
    private let memory: MacroCellMemory<Scalar>
    /// Dipole coupling in tesla per moment of one atom, shape `[cells, cells]`.
    private let couplingXX: [Scalar]
    private let couplingXY: [Scalar]
    private let couplingYY: [Scalar]
    private let couplingZZ: [Scalar]
    /// Moment of each element, A m².
    public let moments: [Double]

    public static var bohrMagneton: Double { 9.274_009_15e-24 }

    public convenience init(_ configuration: MacroCellFilmConfiguration) throws(FilmError) {
        try self.init(array: [configuration])
    }

    /// - Parameter configurations: at least one; rows, columns, cell size, lattice, time step, steps per input and dipoles
    ///   must agree.
    public init(array configurations: [MacroCellFilmConfiguration]) throws(FilmError) {
        guard let first = configurations.first else {
            throw FilmError(.outOfRange(name: "number of films", value: 0, expected: "at least 1"))
        }
        for (index, film) in configurations.enumerated() {
            try film.check()
            guard film.rows == first.rows, film.columns == first.columns, film.cellSize_m == first.cellSize_m,
                film.timeStep_s == first.timeStep_s, film.stepsPerInput == first.stepsPerInput,
                film.includesDipoles == first.includesDipoles,
                film.material.latticeConstant_m == first.material.latticeConstant_m
            else { throw FilmError(.differentGeometry(film: index)) }
        }
        self.configurations = configurations
        cells = first.cells
        let lattice = MacroCellLattice(
            rows: first.rows, columns: first.columns, cellSize: first.cellSize_m,
            spacing: first.material.latticeConstant_m)
        memory = MacroCellMemory(rows: first.rows, columns: first.columns, films: configurations.count)
        moments = (0..<cells).flatMap { cell in
            configurations.map { Double(lattice.atoms(cell)) * $0.material.moment_muB * Self.bohrMagneton }
        }
        let count = first.includesDipoles ? cells * cells : 0
        var (xx, xy, yy, zz) = ([Scalar](), [Scalar](), [Scalar](), [Scalar]())
        xx.reserveCapacity(count)
        xy.reserveCapacity(count)
        yy.reserveCapacity(count)
        zz.reserveCapacity(count)
        if first.includesDipoles {
            for i in 0..<cells {
                for j in 0..<cells {
                    let t = lattice.dipole(i, j, nearDistance: 2 * first.cellSize_m * (1 + 1e-9))
                    // μ₀/4π = 10⁻⁷ T m/A. The moment of one atom enters per film in the refresh.
                    let scale = 1e-7 * Double(lattice.atoms(j)) * Self.bohrMagneton
                    xx.append(Scalar(t.xx * scale))
                    xy.append(Scalar(t.xy * scale))
                    yy.append(Scalar(t.yy * scale))
                    zz.append(Scalar(t.zz * scale))
                }
            }
        }
        couplingXX = xx
        couplingXY = xy
        couplingYY = yy
        couplingZZ = zz
        setCoefficients(lattice)
        try checkTimeStep()
        reset()
    }

    private func setCoefficients(_ lattice: MacroCellLattice) {
        let (rows, columns) = (lattice.rows, lattice.columns)
        for (film, configuration) in configurations.enumerated() {
            let material = configuration.material
            let alpha = configuration.damping
            for cell in 0..<cells {
                let element = cell * films + film
                let atoms = Double(lattice.atoms(cell))
                let (i, j) = (cell % columns, cell / columns)
                let scale = material.exchange_J * cbrt(atoms) / (2 * moments[element] * atoms)
                memory.west[element] = i > 0 ? Scalar(scale * Double(lattice.atomsY[j])) : 0
                memory.east[element] = i < columns - 1 ? Scalar(scale * Double(lattice.atomsY[j])) : 0
                memory.south[element] = j > 0 ? Scalar(scale * Double(lattice.atomsX[i])) : 0
                memory.north[element] = j < rows - 1 ? Scalar(scale * Double(lattice.atomsX[i])) : 0
                memory.anisotropy[element] = Scalar(material.anisotropy_J / (material.moment_muB * Self.bohrMagneton))
                memory.precession[element] = Scalar(configuration.gyromagneticRatio / (1 + alpha * alpha))
                memory.damping[element] = Scalar(alpha)
            }
        }
    }

    /// The largest internal field must not turn a moment by more than a tenth of a turn per step.
    private func checkTimeStep() throws(FilmError) {
        let limit = 0.6
        for element in 0..<memory.elements {
            let exchange =
                memory.west[element] + memory.east[element] + memory.south[element] + memory.north[element]
            let field = 2 * Double(exchange) + abs(Double(memory.anisotropy[element]))
            let turn = Double(memory.precession[element]) * field * configurations[0].timeStep_s
            guard turn <= limit else { throw FilmError(.unstableTimeStep(radians: turn, limit: limit)) }
        }
    }

    /// All moments along +x, the study's start.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func reset() {
        for i in 0..<memory.elements {
            memory.m.x[i] = 1
            memory.m.y[i] = 0
            memory.m.z[i] = 0
        }
    }

    /// One input: refreshes the dipole field, holds the drive for `stepsPerInput` steps and reads the state after them.
    /// Allocates nothing.
    /// - Parameters:
    ///   - drive: tesla along the normal, shape `[films, cells]`.
    ///   - states: unit vectors, shape `[films, 3, cells]` (all m_x, all m_y, all m_z of each film), overwritten.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func step(drive: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>) {
        precondition(drive.count == films * cells && states.count == 3 * films * cells, "drive or states of wrong length")
        refreshField()
        addDrive { film, cell in Scalar(drive[film * cells + cell]) }
        advance(steps: configurations[0].stepsPerInput)
        for film in 0..<films {
            let start = film * 3 * cells
            for cell in 0..<cells {
                let element = cell * films + film
                states[start + cell] = Float(memory.m.x[element])
                states[start + cells + cell] = Float(memory.m.y[element])
                states[start + 2 * cells + cell] = Float(memory.m.z[element])
            }
        }
    }

    /// Sets the constant field to the dipoles' at the present state, without drive.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func refreshField() {
        for i in 0..<memory.elements {
            memory.b.x[i] = 0
            memory.b.y[i] = 0
            memory.b.z[i] = 0
        }
        guard !couplingXX.isEmpty else { return }
        add(couplingXX, memory.m.x, to: memory.b.x)
        add(couplingXY, memory.m.y, to: memory.b.x)
        add(couplingXY, memory.m.x, to: memory.b.y)
        add(couplingYY, memory.m.y, to: memory.b.y)
        add(couplingZZ, memory.m.z, to: memory.b.z)
        for film in 0..<films {
            let moment = Scalar(configurations[film].material.moment_muB)
            for element in stride(from: film, to: memory.elements, by: films) {
                memory.b.x[element] *= moment
                memory.b.y[element] *= moment
                memory.b.z[element] *= moment
            }
        }
    }

    /// target += coupling · source, for all films at once: shape `[cells, cells] · [cells, films]`.
    private func add(
        _ coupling: [Scalar], _ source: UnsafeMutablePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>
    ) {
        coupling.withUnsafeBufferPointer {
            guard let matrix = $0.baseAddress else { return }
            Scalar.gemm(
                transposeA: false, transposeB: false, m: cells, n: films, k: cells, alpha: 1, matrix, lda: cells, source,
                ldb: films, beta: 1, target, ldc: films)
        }
    }

    /// Adds a field along the normal, tesla, to the constant field.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addDrive(_ value: (_ film: Int, _ cell: Int) -> Scalar) {
        for cell in 0..<cells { for film in 0..<films { memory.b.z[cell * films + film] += value(film, cell) } }
    }

    /// Takes Heun steps in the constant field as it is.
    public func advance(steps: Int) {
        Scalar.takeSteps(memory, timeStep: Scalar(configurations[0].timeStep_s), count: steps)
    }

    /// The unit magnetisation of a cell.
    public func magnetisation(film: Int = 0, cell: Int) -> SIMD3<Double> {
        let element = cell * films + film
        return SIMD3(Double(memory.m.x[element]), Double(memory.m.y[element]), Double(memory.m.z[element]))
    }

    /// Sets a cell's magnetisation to the direction of `vector` (not zero).
    public func setMagnetisation(_ vector: SIMD3<Double>, film: Int = 0, cell: Int) {
        let length = (vector * vector).sum().squareRoot()
        precondition(length > 0, "a direction cannot be the zero vector")
        let element = cell * films + film
        memory.m.x[element] = Scalar(vector.x / length)
        memory.m.y[element] = Scalar(vector.y / length)
        memory.m.z[element] = Scalar(vector.z / length)
    }

    /// Exchange, anisotropy, dipole and Zeeman energy of one film in joule, for the drive along the normal given in tesla.
    ///
    /// Each field is the negative gradient of its part per moment; exchange and dipoles count pairs once.
    public func energy(film: Int = 0, drive: (_ cell: Int) -> Double = { _ in 0 }) -> Double {
        refreshField()
        var total = 0.0
        for cell in 0..<cells {
            let i = cell * films + film
            let m = magnetisation(film: film, cell: cell)
            let moment = moments[i]
            func link(_ coefficient: Scalar, _ neighbour: Int) -> Double {
                guard coefficient != 0 else { return 0 }
                let other = magnetisation(film: film, cell: neighbour)
                return -0.5 * moment * Double(coefficient) * ((m * other).sum() - 1)
            }
            let columns = configurations[0].columns
            total += link(memory.west[i], cell - 1) + link(memory.east[i], cell + 1)
            total += link(memory.south[i], cell - columns) + link(memory.north[i], cell + columns)
            total += 0.5 * moment * Double(memory.anisotropy[i]) * (m.x * m.x + m.y * m.y)
            let dipole = SIMD3(Double(memory.b.x[i]), Double(memory.b.y[i]), Double(memory.b.z[i]))
            total -= 0.5 * moment * (m * dipole).sum()
            total -= moment * m.z * drive(cell)
        }
        return total
    }
}
