import Glibc

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
/// Above 0 K the program's rules of `MacroCellTemperature` apply.
///
/// Against continuum micromagnetics the exchange is 0.203 of its value for 15 × 15 atoms and the anisotropy field one
/// half; the model is kept because published film reservoirs use it.
///
/// All memory is claimed at creation. Results depend on the configuration and the inputs only, not on which films stand
/// beside each other; a machine without fused products (see ``InstructionSet``) differs by rounding. Not for use from two
/// threads at once.
///
/// - Source: VAMPIRE 5, `micromagnetic_llg.cpp`, `calculate_A.cpp`, `calculate_ku.cpp`, as used by M. Dale et al.,
///   arXiv:2101.12700; Heun's method with normalisation after each stage.
public final class MacroCellFilm<Scalar: MacroCellScalar> {
    public let configurations: [MacroCellFilmConfiguration]
    public var films: Int { configurations.count }
    /// Cells of one film.
    public let cells: Int
    public let instructionSet: InstructionSet
    /// Atoms of each cell; a cell at the edge may have none.
    public let atoms: [Int]
    /// Moment of each element, A m², shape `[cells, films]`.
    public let moments: [Double]
    let memory: MacroCellMemory<Scalar>
    private let dipoles: MacroCellDipoles<Scalar>
    /// Of a film above 0 K.
    let temperature: MacroCellTemperature<Scalar>?
    /// A field that is the same for all cells and times, tesla.
    public var appliedField_T = SIMD3<Double>.zero

    public convenience init(
        _ configuration: MacroCellFilmConfiguration, instructionSet: InstructionSet = .best, allowsLargeTurns: Bool = false
    ) throws(FilmError) {
        try self.init(array: [configuration], instructionSet: instructionSet, allowsLargeTurns: allowsLargeTurns)
    }

    /// - Parameters:
    ///   - configurations: at least one; rows, columns, cell size, extent, lattice, time step, steps per input and dipoles must
    ///     agree.
    ///   - instructionSet: one of ``InstructionSet/available``.
    ///   - allowsLargeTurns: accepts a time step that is too long for the film's largest internal field.
    public init(
        array configurations: [MacroCellFilmConfiguration], instructionSet: InstructionSet = .best,
        allowsLargeTurns: Bool = false
    ) throws(FilmError) {
        precondition(instructionSet <= .best, "this machine does not have \(instructionSet)")
        guard let first = configurations.first, configurations.count <= 256 else {
            throw FilmError(
                .outOfRange(
                    name: "number of films", value: Double(configurations.count), expected: "1 to 256"))
        }
        for (index, film) in configurations.enumerated() {
            try film.check()
            guard Self.fit(film, beside: first) else { throw FilmError(.differentGeometry(film: index)) }
        }
        self.configurations = configurations
        self.instructionSet = instructionSet
        cells = first.cells
        let lattice = first.lattice()
        precondition(
            lattice.rows == first.rows && lattice.columns == first.columns, "the check has counted the cells")
        memory = MacroCellMemory(
            rows: first.rows, columns: first.columns, films: configurations.count, constantsVary: first.temperature != nil)
        let atoms = (0..<first.cells).map { lattice.atoms($0) }
        temperature = first.temperature == nil ? nil : MacroCellTemperature(configurations, lattice)
        self.atoms = atoms
        moments = atoms.flatMap { atoms in
            configurations.map { Double(atoms) * $0.material.moment_muB * StudyConstants.bohrMagneton }
        }
        // Without dipoles a lattice of one cell stands in, so that the memory has one type.
        dipoles = MacroCellDipoles(
            first.includesDipoles
                ? lattice
                : MacroCellLattice(extentX: 1, extentY: 1, extentZ: 1, cellSize: 2, spacing: 2))
        setGeometry(lattice)
        setConstants()
        if !allowsLargeTurns { try checkTimeStep() }
        reset()
    }

    /// Whether two films can be stepped together.
    static func fit(_ a: MacroCellFilmConfiguration, beside b: MacroCellFilmConfiguration) -> Bool {
        a.rows == b.rows && a.columns == b.columns && a.cellSize_m == b.cellSize_m
            && a.timeStep_s == b.timeStep_s
            && a.stepsPerInput == b.stepsPerInput && a.includesDipoles == b.includesDipoles
            && a.extent == b.extent
            && a.nearDistance_cells == b.nearDistance_cells
            && (a.temperature == nil) == (b.temperature == nil)
            && a.material.latticeConstant_m == b.material.latticeConstant_m
    }

    /// Exchange with a neighbour is J/(2 μ) times n N^(1/3)/N² with n atom pairs across the edge and N atoms in the cell.
    private func setGeometry(_ lattice: MacroCellLattice) {
        let (rows, columns) = (lattice.rows, lattice.columns)
        for cell in 0..<cells where atoms[cell] > 0 {
            let count = Double(atoms[cell])
            let scale = cbrt(count) / (count * count)
            let (i, j) = (cell % columns, cell / columns)
            let acrossX = Scalar(scale * Double(lattice.y.counts[j] * lattice.layers))
            let acrossY = Scalar(scale * Double(lattice.x.counts[i] * lattice.layers))
            for element in cell * films..<(cell + 1) * films {
                if i > 0, atoms[cell - 1] > 0 { memory.west[element] = acrossX }
                if i < columns - 1, atoms[cell + 1] > 0 { memory.east[element] = acrossX }
                if j > 0, atoms[cell - columns] > 0 { memory.south[element] = acrossY }
                if j < rows - 1, atoms[cell + columns] > 0 { memory.north[element] = acrossY }
                guard let temperature else { continue }
                memory.west[element] *= temperature.exchangeFactor(element - films)
                memory.east[element] *= temperature.exchangeFactor(element + films)
                memory.south[element] *= temperature.exchangeFactor(element - memory.row)
                memory.north[element] *= temperature.exchangeFactor(element + memory.row)
            }
        }
    }

    private func setConstants() {
        for place in 0..<memory.period {
            let configuration = configurations[place % films]
            let (material, alpha) = (configuration.material, configuration.damping)
            let moment = material.moment_muB * StudyConstants.bohrMagneton
            memory.exchange[place] = Scalar(material.exchange_J / (2 * moment))
            memory.anisotropy[place] =
                Scalar(material.anisotropy_J / moment) * (temperature?.anisotropyFactor(place) ?? 1)
            memory.turn[place] = Scalar(
                -configuration.gyromagneticRatio * configuration.timeStep_s / (1 + alpha * alpha))
            memory.damping[place] = Scalar(alpha)
        }
    }

    /// The largest internal field must not turn a moment by more than a tenth of a turn per step.
    private func checkTimeStep() throws(FilmError) {
        let limit = 0.6
        for element in 0..<memory.elements {
            let film = element % films
            let exchange =
                memory.west[element] + memory.east[element] + memory.south[element] + memory.north[element]
            let field =
                2 * Double(exchange) * Double(memory.exchange[film])
                + abs(Double(memory.anisotropy[element % memory.period]))
            let turn = -Double(memory.turn[film]) * field
            guard turn <= limit else { throw FilmError(.unstableTimeStep(radians: turn, limit: limit)) }
        }
    }

    /// All moments along +x, the study's start.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func reset() {
        temperature?.step = 0
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
        precondition(
            drive.count == films * cells && states.count == 3 * films * cells,
            "drive or states of wrong length")
        refreshField()
        for film in 0..<films {
            for cell in 0..<cells { memory.b.z[cell * films + film] += Scalar(drive[film * cells + cell]) }
        }
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

    /// Sets the constant field to the dipoles' at the present state and the applied field, without drive.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func refreshField() {
        if configurations[0].includesDipoles {
            for film in 0..<films {
                let moment = Scalar(configurations[film].material.moment_muB)
                Scalar.setDipoleField(
                    dipoles, of: film, moment: moment, weights: temperature?.sources(film), in: memory, with: instructionSet)
            }
        } else {
            for field in [memory.b.x, memory.b.y, memory.b.z] {
                field.update(repeating: 0, count: memory.elements)
            }
        }
        guard appliedField_T != .zero else { return }
        let applied = appliedField_T
        for i in 0..<memory.elements {
            memory.b.x[i] += Scalar(applied.x)
            memory.b.y[i] += Scalar(applied.y)
            memory.b.z[i] += Scalar(applied.z)
        }
    }

    /// Adds a field along the normal, tesla, to the constant field.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addDrive(_ value: (_ film: Int, _ cell: Int) -> Scalar) {
        for cell in 0..<cells {
            for film in 0..<films { memory.b.z[cell * films + film] += value(film, cell) }
        }
    }

    /// Takes Heun steps in the constant field as it is.
    public func advance(steps: Int) {
        guard let temperature else { return Scalar.takeSteps(memory, count: steps, with: instructionSet) }
        temperature.takeSteps(memory, count: steps, with: instructionSet)
    }

    /// The unit magnetisation of a cell.
    public func magnetisation(film: Int = 0, cell: Int) -> SIMD3<Double> {
        let element = cell * films + film
        return SIMD3(Double(memory.m.x[element]), Double(memory.m.y[element]), Double(memory.m.z[element]))
    }

    /// The field that is held at present, without exchange and anisotropy: dipoles as last refreshed, applied field and drive.
    /// - Returns: tesla.
    public func heldField(film: Int = 0, cell: Int) -> SIMD3<Double> {
        let element = cell * films + film
        return SIMD3(Double(memory.b.x[element]), Double(memory.b.y[element]), Double(memory.b.z[element]))
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
            func link(_ geometry: Scalar, _ neighbour: Int) -> Double {
                guard geometry != 0 else { return 0 }
                let other = magnetisation(film: film, cell: neighbour)
                return -0.5 * moment * Double(geometry) * Double(memory.exchange[film])
                    * ((m * other).sum() - 1)
            }
            let columns = configurations[0].columns
            total += link(memory.west[i], cell - 1) + link(memory.east[i], cell + 1)
            total += link(memory.south[i], cell - columns) + link(memory.north[i], cell + columns)
            total += 0.5 * moment * Double(memory.anisotropy[i % memory.period]) * (m.x * m.x + m.y * m.y)
            let held = heldField(film: film, cell: cell)
            total -= 0.5 * moment * (m * (held + appliedField_T)).sum()
            total -= moment * m.z * drive(cell)
        }
        return total
    }
}
