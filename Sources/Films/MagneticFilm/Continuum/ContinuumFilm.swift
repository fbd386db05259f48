/// A magnetic film in the continuum model: finite differences, effective field, Landau–Lifshitz–Gilbert dynamics.
///
///     dm/dt = −γ₀/(1+α²) [ m × H + α m × (m × H) ],   H in A/m
///
/// For comparison with the reference codes (OOMMF, mumax) and for films that are compared with measurements. For films as
/// the founding study simulated them use `MacroCellFilm`.
///
/// `Scalar` is the precision of magnetisation, fields and transforms; times, energies, sums and the tensor before it is rounded
/// once are Double. Not for use from two threads at once; inside, `threads` share the
/// cells, and the numbers do not depend on how many they are.
public final class ContinuumFilm<Scalar: ContinuumScalar> {
    public let mesh: FilmMesh
    public let regions: FilmRegions
    /// The material of the first region.
    public var material: ContinuumMaterial { regions.materials[0] }
    /// Unit vectors, nought in empty cells.
    public let m: VectorField<Scalar>
    /// Seconds since the start.
    public var time_s = 0.0
    public let applied: AppliedFieldTerm<Scalar>
    public let demagnetising: DemagnetisingTerm<Scalar>?
    /// Exchange, anisotropies, DMI, applied field, and what a caller adds.
    public var terms: [any FieldTerm<Scalar>]
    public let exchange: ExchangeTerm<Scalar>
    /// Cells that hold material.
    public let filledCells: Int
    /// Evaluations of the effective field so far.
    public internal(set) var evaluations = 0
    /// Steps of fixed length so far: the place in the sequence of a thermal field's random numbers.
    public internal(set) var noiseStep: UInt64 = 0

    let moment: ScalarField<Scalar>
    let damping: ScalarField<Scalar>
    let threads: FilmThreads
    /// The magnetisation that has been accepted, its slope, and the size of the next adaptive step.
    var integratorMemory = IntegratorMemory<Scalar>()

    /// A film of one material with exchange, its anisotropies, demagnetising field and a magnetisation along +x.
    /// - Parameters:
    ///   - mesh: the grid.
    ///   - material: of all filled cells.
    ///   - filled: one flag per cell, x fastest; nil fills all.
    ///   - alpha: α per cell, 0 … 1; nil takes the material's.
    ///   - includesDemagnetisation: false leaves the demagnetising field out.
    ///   - threads: 1 or more.
    /// - Throws: `FilmError` for parameters out of range, wrong shapes, an empty mask.
    public convenience init(
        mesh: FilmMesh, material: ContinuumMaterial, filled: [Bool]? = nil, damping alpha: [Double]? = nil,
        includesDemagnetisation: Bool = true, threads: Int = 1
    ) throws(FilmError) {
        if let filled, filled.count != mesh.cells {
            throw FilmError(.shape(name: "mask", expected: mesh.cells, found: filled.count))
        }
        let cells = filled.map { $0.map { $0 ? 0 : -1 } } ?? [Int](repeating: 0, count: mesh.cells)
        try self.init(
            FilmRegions(mesh: mesh, cells: cells, materials: [material]), damping: alpha,
            includesDemagnetisation: includesDemagnetisation, threads: threads)
    }

    /// A film of several materials; terms that none of them needs are left out.
    /// - Parameters:
    ///   - regions: a material for each cell.
    ///   - alpha: α per cell, 0 … 1; nil takes the materials'.
    ///   - includesDemagnetisation: false leaves the demagnetising field out.
    ///   - threads: 1 or more.
    /// - Throws: `FilmError` for parameters out of range and wrong shapes.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public init(
        _ regions: FilmRegions, damping alpha: [Double]? = nil, includesDemagnetisation: Bool = true, threads: Int = 1
    ) throws(FilmError) {
        let mesh = regions.mesh
        (self.mesh, self.regions) = (mesh, regions)
        guard (1...256).contains(threads) else {
            throw FilmError(.outOfRange(name: "threads", value: Double(threads), expected: "1 to 256"))
        }
        moment = ScalarField(mesh)
        damping = ScalarField(mesh)
        for i in 0..<mesh.cells where regions.cells[i] >= 0 {
            moment[i] = regions.material(i).saturation_Apm
            damping[i] = regions.material(i).damping
        }
        filledCells = regions.filledCells
        if let alpha {
            guard alpha.count == mesh.cells else {
                throw FilmError(.shape(name: "damping per cell", expected: mesh.cells, found: alpha.count))
            }
            for (i, value) in alpha.enumerated() {
                guard (0...1).contains(value) else {
                    throw FilmError(.outOfRange(name: "damping of cell \(i)", value: value, expected: "0 to 1"))
                }
                self.damping[i] = value
            }
        }
        self.threads = FilmThreads(count: threads)
        exchange = ExchangeTerm(mesh: mesh, moment: moment, regions: regions)
        applied = AppliedFieldTerm(mesh: mesh, moment: moment)
        demagnetising =
            includesDemagnetisation ? try DemagnetisingTerm(mesh: mesh, moment: moment, threads: threads) : nil
        terms = [exchange]
        if regions.materials.contains(where: { $0.uniaxial_Jpm3 != 0 }) {
            terms.append(UniaxialAnisotropyTerm<Scalar>(mesh: mesh, moment: moment, regions: regions))
        }
        if regions.materials.contains(where: { $0.cubic_Jpm3 != 0 }) {
            terms.append(CubicAnisotropyTerm<Scalar>(mesh: mesh, moment: moment, regions: regions))
        }
        if regions.materials.contains(where: { $0.interfacialDMI_Jpm2 != 0 }) {
            terms.append(InterfacialDMITerm<Scalar>(mesh: mesh, moment: moment, regions: regions))
        }
        terms.append(applied)
        m = VectorField(mesh)
        setMagnetisation { _ in SIMD3(1, 0, 0) }
    }

    /// What a careful user should know about this film: a cell larger than the exchange length, with the numbers, and couplings
    /// of regions that do not touch.
    public var warnings: [String] {
        coarseness
            + regions.idleBoundaries.map { a, b in
                "the coupling of regions \(a) (\(regions.materials[a].name)) and \(b) (\(regions.materials[b].name)) does nothing: "
                    + "they touch nowhere"
            }
    }

    private var coarseness: [String] {
        let counts = [mesh.nx, mesh.ny, mesh.nz]
        let lengths = regions.materials.map(\.exchangeLength_m).filter { $0 > 0 }
        guard let length = lengths.min() else { return [] }
        return (0..<3).compactMap { axis in
            guard counts[axis] > 1, mesh.cellSize_m[axis] > length else { return nil }
            let axisName = ["x", "y", "z"][axis]
            return "cells are \((mesh.cellSize_m[axis] * 1e12).rounded() / 1e3) nm along \(axisName), the exchange length is "
                + "\((length * 1e10).rounded() / 10) nm; walls and vortices are not resolved"
        }
    }

    /// Sets the direction of each filled cell from its centre in metre; lengths do not matter.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func setMagnetisation(_ direction: (SIMD3<Double>) -> SIMD3<Double>) {
        for i in 0..<mesh.cells {
            var value = direction(mesh.centre_m(i))
            // Squares of numbers beyond 1e±154 are no numbers any more.
            let largest = max(value.max(), -value.min())
            if largest > 0, largest.isFinite, largest > 1e100 || largest < 1e-100 { value /= largest }
            let length = (value * value).sum().squareRoot()
            m[i] = moment[i] > 0 && length > 0 ? value / length : .zero
        }
        integratorMemory.isSlopeValid = false
    }

    /// Mean of m over the filled cells.
    public var mean: SIMD3<Double> { m.sum / Double(filledCells) }

    /// Overwrites `field` with the effective field in A/m of the unit vectors `m`.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func setEffectiveField(of m: VectorField<Scalar>, time_s: Double, into field: VectorField<Scalar>) {
        setEffectiveField(of: m, time_s: time_s, into: field) { _, _ in }
    }

    /// Cells whose vectors stay in the first- and second-level caches while all terms are added.
    private static var block: Int { 1024 }

    /// The same, and then for each block of cells what depends on these cells' field only.
    /// - Parameters:
    ///   - inSingle: as `DemagnetisingTerm.setField`.
    ///   - body: gets the thread's number and the cells.
    func setEffectiveField(
        of m: VectorField<Scalar>, time_s: Double, into field: VectorField<Scalar>, inSingle: Bool = false,
        then body: (Int, Range<Int>) -> Void
    ) {
        evaluations += 1
        if let demagnetising { demagnetising.setField(of: m, into: field, threads: threads, inSingle: inSingle) }
        for term in terms { term.prepare(time_s: time_s) }
        threads.run { part in
            let own = threads.range(mesh.cells, part: part)
            for start in stride(from: own.lowerBound, to: own.upperBound, by: Self.block) {
                let cells = start..<min(own.upperBound, start + Self.block)
                if demagnetising == nil {
                    for axis in 0..<3 { for i in cells { field.components[axis][i] = 0 } }
                }
                for term in terms { term.addField(of: m, to: field, cells: cells) }
                body(part, cells)
            }
        }
    }

    /// Energies in joule by the names of the terms' declarations.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func energies() -> [String: Double] {
        var result: [String: Double] = [:]
        for term in terms {
            term.prepare(time_s: time_s)
            result[type(of: term).declaration.name, default: 0] += term.energy(of: m)
        }
        if let demagnetising {
            let field = VectorField<Scalar>(mesh)
            demagnetising.setField(of: m, into: field, threads: threads)
            result[DemagnetisingTerm<Scalar>.declaration.name] = demagnetising.energy(of: m, field: field)
        }
        return result
    }

    /// Sum of all energies, joule.
    public var energy: Double { energies().sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } }
}
