import Glibc

/// What a temperature changes in the study's program, cell by cell.
///
///     T_c  = 0.8 Σ J / (3 k_B N), over all links of a cell's N atoms
///     m_e  = ((T_c − T)/T_c)^0.365, above T_c 0.01
///     exchange  × m_e^2.66 of the neighbour
///     anisotropy  × m_e and a polynomial in T/T_c, the perpendicular susceptibility over that at 0 K
///     dipoles  × m_e of the source
///     noise  √(2 k_B T α∥/(M γ Δt)) per component, α∥ = ⅔ α T/T_c
///
/// The program draws the noise anew for predictor and corrector and keeps the moments' length, so the film is no
/// canonical ensemble at T: it is what published film reservoirs at a temperature used. `ContinuumFilm` obeys the
/// fluctuation–dissipation theorem. Random numbers are a function of a film's seed, the step and the cell, unlike the
/// program's, so runs agree in distribution and not in numbers.
///
/// Source: VAMPIRE 5, `micromagnetic/fieldsllg.cpp`, `calculate_tc.cpp`, `calculate_chi_perp.cpp`.
final class MacroCellTemperature<Scalar: MacroCellScalar> {
    /// Steps since the start.
    var step: UInt64 = 0
    private let films: Int
    private let seeds: [UInt64]
    /// Per element.
    private let lengths: [Double]
    private let anisotropies: [Double]
    private let noise: [Scalar]
    /// Atoms times m_e, `[film][cell]`.
    private let weights: FixedArray<Scalar>
    private let cells: Int
    /// The held field while noise stands in its place.
    private var held: [Scalar] = []

    private static var boltzmann: Double { 1.3806503e-23 }

    init(_ configurations: [MacroCellFilmConfiguration], _ lattice: MacroCellLattice) {
        films = configurations.count
        cells = lattice.cells
        seeds = configurations.map { $0.temperature?.seed ?? 0 }
        let elements = lattice.cells * films
        var (lengths, anisotropies) = ([Double](repeating: 1, count: elements), [Double](repeating: 1, count: elements))
        var noise = [Scalar](repeating: 0, count: elements)
        var weights = [Scalar](repeating: 0, count: elements)
        for cell in 0..<lattice.cells where lattice.atoms(cell) > 0 {
            for (film, configuration) in configurations.enumerated() {
                let material = configuration.material
                let kelvin = configuration.temperature?.kelvin ?? 0
                let element = cell * configurations.count + film
                let critical = 0.8 * material.exchange_J * lattice.links(cell) / (3 * 1.38064852e-23)
                let reduced = kelvin / critical
                let length = reduced <= 1 ? pow(1 - reduced, 0.365) : 0.01
                lengths[element] = length
                anisotropies[element] = length * Self.susceptibility(reduced)
                weights[film * lattice.cells + cell] = Scalar(Double(lattice.atoms(cell)) * length)
                let moment = Double(lattice.atoms(cell)) * material.moment_muB * StudyConstants.bohrMagneton
                let parallel = 2 / 3.0 * configuration.damping * reduced
                let time = configuration.gyromagneticRatio * configuration.timeStep_s
                noise[element] = Scalar((2 * Self.boltzmann * kelvin * parallel / (moment * time)).squareRoot())
            }
        }
        (self.lengths, self.anisotropies, self.noise) = (lengths, anisotropies, noise)
        self.weights = FixedArray(weights)
    }

    /// The perpendicular susceptibility at T/T_c over that at 0 K, as the program fits it.
    private static func susceptibility(_ reduced: Double) -> Double {
        let fit = [
            0.00211549427182711, 0.110224660661792, -0.855153260915204, 3.42088365387997, -7.84821585896818,
            10.3247035469514, -6.85608273303224, 0.797453198330591, 1.53787854178089, -0.627128148404525,
        ]
        let atZero = fit.reduce(0, +)
        guard reduced < 1.068 else { return 0.8 * 1.4 / 660 / (4 * 3.14159) / (reduced - 1) / atZero }
        let distance = (1.068 - reduced) / 1.068
        return fit.reversed().reduce(0) { $0 * distance + $1 } / atZero
    }

    /// m_e of an element.
    func length(_ element: Int) -> Double { lengths[element] }

    /// The factor of the exchange with a neighbour; 1 outside of the film, where there is none.
    func exchangeFactor(_ neighbour: Int) -> Scalar {
        lengths.indices.contains(neighbour) ? Scalar(pow(lengths[neighbour], 2.66)) : 1
    }

    /// The factor of the anisotropy; 1 in the room after the last element.
    func anisotropyFactor(_ element: Int) -> Scalar {
        anisotropies.indices.contains(element) ? Scalar(anisotropies[element]) : 1
    }

    /// Weights of a film's cells as sources of dipole fields.
    func sources(_ film: Int) -> UnsafePointer<Scalar> { UnsafePointer(weights.base + film * cells) }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func takeSteps(_ memory: borrowing MacroCellMemory<Scalar>, count: Int, with set: InstructionSet) {
        let elements = memory.elements
        let fields = [memory.b.x, memory.b.y, memory.b.z]
        if held.isEmpty { held = [Scalar](repeating: 0, count: 3 * elements) }
        for axis in 0..<3 { for i in 0..<elements { held[axis * elements + i] = fields[axis][i] } }
        for _ in 0..<count {
            for stage in 0..<2 {
                for i in 0..<elements {
                    let (film, cell) = (i % films, i / films)
                    let random = Philox.normals(
                        seed: seeds[film], stream: 4 + UInt32(stage), index: UInt32(cell), step: step)
                    for axis in 0..<3 {
                        fields[axis][i] = held[axis * elements + i] + noise[i] * Scalar(random[axis])
                    }
                }
                Scalar.takeHalfStep(memory, corrects: stage == 1, with: set)
            }
            step += 1
        }
        for axis in 0..<3 { for i in 0..<elements { fields[axis][i] = held[axis * elements + i] } }
    }
}
