import FilmKernels

/// The precisions in which a macro-cell film can be stepped: `Float` and `Double`.
public protocol MacroCellScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// Takes steps of the films whose arrays `memory` holds.
    static func takeSteps(_ memory: borrowing MacroCellMemory<Self>, count: Int, with set: InstructionSet)

    /// The predictor or the corrector of one step.
    static func takeHalfStep(_ memory: borrowing MacroCellMemory<Self>, corrects: Bool, with set: InstructionSet)

    /// Overwrites one film's constant field with `moment` times the dipoles'.
    /// - Parameters:
    ///   - dipoles: of the films' geometry.
    ///   - film: index of the film.
    ///   - moment: of an atom, in the film's units.
    ///   - weights: of the sources; nil takes the numbers of atoms.
    ///   - memory: of all films.
    ///   - set: one of ``InstructionSet/available``.
    static func setDipoleField(
        _ dipoles: borrowing MacroCellDipoles<Self>, of film: Int, moment: Self, weights: UnsafePointer<Self>?,
        in memory: borrowing MacroCellMemory<Self>,
        with set: InstructionSet)
}

extension Float: MacroCellScalar {
    public static func takeSteps(
        _ memory: borrowing MacroCellMemory<Float>, count: Int, with set: InstructionSet
    ) {
        var film = kernel(memory)
        larmor_macro_cell_steps_float(&film, count, set.rawValue)
    }

    public static func takeHalfStep(
        _ memory: borrowing MacroCellMemory<Float>, corrects: Bool, with set: InstructionSet
    ) {
        var film = kernel(memory)
        larmor_macro_cell_half_step_float(&film, corrects ? 1 : 0, set.rawValue)
    }

    private static func kernel(_ memory: borrowing MacroCellMemory<Float>) -> larmor_macro_cell_film_float {
        larmor_macro_cell_film_float(
            elements: memory.elements, films: memory.films, row: memory.row, period: memory.period,
            mx: memory.m.x,
            my: memory.m.y, mz: memory.m.z, px: memory.p.x, py: memory.p.y, pz: memory.p.z, qx: memory.q.x,
            qy: memory.q.y, qz: memory.q.z, west: memory.west, east: memory.east, south: memory.south,
            north: memory.north, bx: memory.b.x, by: memory.b.y, bz: memory.b.z, exchange: memory.exchange,
            anisotropy: memory.anisotropy, turn: memory.turn, damping: memory.damping)
    }

    public static func setDipoleField(
        _ dipoles: borrowing MacroCellDipoles<Float>, of film: Int, moment: Float, weights: UnsafePointer<Float>?,
        in memory: borrowing MacroCellMemory<Float>, with set: InstructionSet
    ) {
        var kernel = larmor_dipoles_float(
            rows: dipoles.rows, columns: dipoles.columns, reach: dipoles.reach,
            column_classes: dipoles.columnClasses,
            column_class: dipoles.columnClass.base, row_class: dipoles.rowClass.base,
            width: dipoles.width.base,
            from_column: dipoles.fromColumn.base, from_row: dipoles.fromRow.base, height: dipoles.height.base,
            start: dipoles.start.base,
            size: dipoles.size.base, couplings: dipoles.couplings.base, atoms: weights ?? UnsafePointer(dipoles.atoms.base),
            sx: dipoles.source.x, sy: dipoles.source.y, sz: dipoles.source.z)
        larmor_dipole_field_float(
            &kernel, memory.m.x + film, memory.m.y + film, memory.m.z + film, moment, memory.b.x + film,
            memory.b.y + film, memory.b.z + film, memory.films, set.rawValue)
    }
}

extension Double: MacroCellScalar {
    public static func takeSteps(
        _ memory: borrowing MacroCellMemory<Double>, count: Int, with set: InstructionSet
    ) {
        var film = kernel(memory)
        larmor_macro_cell_steps_double(&film, count, set.rawValue)
    }

    public static func takeHalfStep(
        _ memory: borrowing MacroCellMemory<Double>, corrects: Bool, with set: InstructionSet
    ) {
        var film = kernel(memory)
        larmor_macro_cell_half_step_double(&film, corrects ? 1 : 0, set.rawValue)
    }

    private static func kernel(_ memory: borrowing MacroCellMemory<Double>) -> larmor_macro_cell_film_double {
        larmor_macro_cell_film_double(
            elements: memory.elements, films: memory.films, row: memory.row, period: memory.period,
            mx: memory.m.x,
            my: memory.m.y, mz: memory.m.z, px: memory.p.x, py: memory.p.y, pz: memory.p.z, qx: memory.q.x,
            qy: memory.q.y, qz: memory.q.z, west: memory.west, east: memory.east, south: memory.south,
            north: memory.north, bx: memory.b.x, by: memory.b.y, bz: memory.b.z, exchange: memory.exchange,
            anisotropy: memory.anisotropy, turn: memory.turn, damping: memory.damping)
    }

    public static func setDipoleField(
        _ dipoles: borrowing MacroCellDipoles<Double>, of film: Int, moment: Double, weights: UnsafePointer<Double>?,
        in memory: borrowing MacroCellMemory<Double>, with set: InstructionSet
    ) {
        var kernel = larmor_dipoles_double(
            rows: dipoles.rows, columns: dipoles.columns, reach: dipoles.reach,
            column_classes: dipoles.columnClasses,
            column_class: dipoles.columnClass.base, row_class: dipoles.rowClass.base,
            width: dipoles.width.base,
            from_column: dipoles.fromColumn.base, from_row: dipoles.fromRow.base, height: dipoles.height.base,
            start: dipoles.start.base,
            size: dipoles.size.base, couplings: dipoles.couplings.base, atoms: weights ?? UnsafePointer(dipoles.atoms.base),
            sx: dipoles.source.x, sy: dipoles.source.y, sz: dipoles.source.z)
        larmor_dipole_field_double(
            &kernel, memory.m.x + film, memory.m.y + film, memory.m.z + film, moment, memory.b.x + film,
            memory.b.y + film, memory.b.z + film, memory.films, set.rawValue)
    }
}

/// A C array of fixed length, owned.
struct FixedArray<Element: BitwiseCopyable>: ~Copyable {
    let base: UnsafeMutablePointer<Element>

    init(_ elements: [Element]) {
        base = .allocate(capacity: max(1, elements.count))
        base.initialize(from: elements, count: elements.count)
    }

    deinit { base.deallocate() }
}

/// The arrays of films side by side, elements as `[cell][film]`, in one allocation, with the room around each array that
/// the kernels ask for.
public struct MacroCellMemory<Scalar: MacroCellScalar>: ~Copyable {
    public struct Vector {
        let x: UnsafeMutablePointer<Scalar>
        let y: UnsafeMutablePointer<Scalar>
        let z: UnsafeMutablePointer<Scalar>
    }

    public let elements: Int
    public let films: Int
    /// Distance between neighbours in adjacent rows.
    public let row: Int
    /// Length of the arrays of constants: films repeat in it, and it is a multiple of 16.
    public let period: Int
    let m: Vector
    let p: Vector
    let q: Vector
    /// The field of one input: drive and dipoles, tesla.
    let b: Vector
    let west: UnsafeMutablePointer<Scalar>
    let east: UnsafeMutablePointer<Scalar>
    let south: UnsafeMutablePointer<Scalar>
    let north: UnsafeMutablePointer<Scalar>
    let exchange: UnsafeMutablePointer<Scalar>
    let anisotropy: UnsafeMutablePointer<Scalar>
    let turn: UnsafeMutablePointer<Scalar>
    let damping: UnsafeMutablePointer<Scalar>
    private let base: UnsafeMutableRawPointer

    /// - Parameter constantsVary: gives every element constants of its own.
    init(rows: Int, columns: Int, films: Int, constantsVary: Bool = false) {
        self.films = films
        row = columns * films
        elements = rows * row
        var period = 16
        while period % films != 0 || (constantsVary && period < elements) { period += 16 }
        self.period = period
        let size = MemoryLayout<Scalar>.stride
        let halo = (row + 16 + 15) / 16 * 16
        // Arrays start on cache lines, at different places in a page, so that the kernels' streams do not meet in one set.
        let page = 4096 / size
        let stride = (elements + 2 * halo + page - 1) / page * page + 5 * 64 / size
        let (arrays, constants) = (16, 4)
        let count = arrays * stride + constants * period
        base = .allocate(byteCount: count * size, alignment: 4096)
        let start = base.bindMemory(to: Scalar.self, capacity: count)
        start.initialize(repeating: 0, count: count)
        var next = 0
        func array() -> UnsafeMutablePointer<Scalar> {
            defer { next += 1 }
            return start + next * stride + halo
        }
        func vector() -> Vector { Vector(x: array(), y: array(), z: array()) }
        m = vector()
        p = vector()
        q = vector()
        b = vector()
        west = array()
        east = array()
        south = array()
        north = array()
        exchange = start + arrays * stride
        anisotropy = exchange + period
        turn = anisotropy + period
        damping = turn + period
        // The room around holds unit vectors: no element there ever gets a length of zero.
        for unit in [m.x, p.x] { (unit - halo).update(repeating: 1, count: elements + 2 * halo) }
    }

    deinit { base.deallocate() }
}
