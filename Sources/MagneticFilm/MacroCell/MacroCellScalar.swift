import FilmKernels
public import LinearAlgebra

/// The precisions in which a macro-cell film can be stepped.
public protocol MacroCellScalar: BLASScalar {
    /// Advances the film whose arrays `memory` holds.
    static func takeSteps(_ memory: borrowing MacroCellMemory<Self>, timeStep: Self, count: Int)
}

extension Float: MacroCellScalar {
    public static func takeSteps(_ memory: borrowing MacroCellMemory<Float>, timeStep: Float, count: Int) {
        var film = larmor_macro_cell_film_float(
            elements: memory.elements, films: memory.films, row: memory.row, mx: memory.m.x, my: memory.m.y,
            mz: memory.m.z, px: memory.p.x, py: memory.p.y, pz: memory.p.z, kx: memory.k.x, ky: memory.k.y,
            kz: memory.k.z, west: memory.west, east: memory.east, south: memory.south, north: memory.north,
            anisotropy: memory.anisotropy, precession: memory.precession, damping: memory.damping, bx: memory.b.x,
            by: memory.b.y, bz: memory.b.z)
        larmor_macro_cell_steps_float(&film, timeStep, count)
    }
}

extension Double: MacroCellScalar {
    public static func takeSteps(_ memory: borrowing MacroCellMemory<Double>, timeStep: Double, count: Int) {
        var film = larmor_macro_cell_film_double(
            elements: memory.elements, films: memory.films, row: memory.row, mx: memory.m.x, my: memory.m.y,
            mz: memory.m.z, px: memory.p.x, py: memory.p.y, pz: memory.p.z, kx: memory.k.x, ky: memory.k.y,
            kz: memory.k.z, west: memory.west, east: memory.east, south: memory.south, north: memory.north,
            anisotropy: memory.anisotropy, precession: memory.precession, damping: memory.damping, bx: memory.b.x,
            by: memory.b.y, bz: memory.b.z)
        larmor_macro_cell_steps_double(&film, timeStep, count)
    }
}

/// The arrays of an array of films, elements as `[cell][film]`, in one allocation with a halo around each.
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
    let m: Vector
    let p: Vector
    let k: Vector
    /// The field of one input: drive and dipoles, tesla.
    let b: Vector
    let west: UnsafeMutablePointer<Scalar>
    let east: UnsafeMutablePointer<Scalar>
    let south: UnsafeMutablePointer<Scalar>
    let north: UnsafeMutablePointer<Scalar>
    let anisotropy: UnsafeMutablePointer<Scalar>
    let precession: UnsafeMutablePointer<Scalar>
    let damping: UnsafeMutablePointer<Scalar>
    private let base: UnsafeMutablePointer<Scalar>

    init(rows: Int, columns: Int, films: Int) {
        self.films = films
        row = columns * films
        elements = rows * row
        let stride = elements + 2 * row
        let arrays = 19
        base = .allocate(capacity: arrays * stride)
        base.initialize(repeating: 0, count: arrays * stride)
        var next = 0
        let (start, halo) = (base, row)
        func array() -> UnsafeMutablePointer<Scalar> {
            defer { next += 1 }
            return start + next * stride + halo
        }
        func vector() -> Vector { Vector(x: array(), y: array(), z: array()) }
        m = vector()
        p = vector()
        k = vector()
        b = vector()
        west = array()
        east = array()
        south = array()
        north = array()
        anisotropy = array()
        precession = array()
        damping = array()
    }

    deinit { base.deallocate() }
}
