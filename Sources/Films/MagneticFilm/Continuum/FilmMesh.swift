/// A regular grid of rectangular cells; x runs fastest, then y, then z.
public struct FilmMesh: Equatable, Sendable {
    /// What an error may name.
    public enum Field: String, Sendable {
        case cells
        case cellSize = "cell size"
        case copies
    }

    public let nx: Int
    public let ny: Int
    public let nz: Int
    /// Edges of a cell, metre.
    public let cellSize_m: SIMD3<Double>
    /// Copies of the film on either side that take part in the demagnetising field, along x and y; 0 is a free edge. With
    /// copies, exchange too goes round the edge.
    public let copies: SIMD2<Int>

    /// - Throws: `FilmError` for counts below 1, edges that are not positive, or a product that no machine holds.
    public init(
        nx: Int, ny: Int, nz: Int = 1, cellSize_m: SIMD3<Double>, copies: SIMD2<Int> = SIMD2(0, 0)
    ) throws(FilmError) {
        for (name, value) in [("nx", nx), ("ny", ny), ("nz", nz)] where value < 1 || value > 1 << 20 {
            throw FilmError(.outOfRange(name: name, value: Double(value), expected: "1 to 1048576 cells"))
        }
        guard nx * ny * nz <= 1 << 26 else {
            throw FilmError(.outOfRange(name: "cells", value: Double(nx * ny * nz), expected: "at most 67108864"))
        }
        for axis in 0..<3 {
            guard cellSize_m[axis].isFinite, cellSize_m[axis] > 0 else {
                throw FilmError(.outOfRange(name: Field.cellSize.rawValue, value: cellSize_m[axis], expected: "above 0 m"))
            }
        }
        for axis in 0..<2 where copies[axis] < 0 || copies[axis] > 1000 {
            throw FilmError(.outOfRange(name: Field.copies.rawValue, value: Double(copies[axis]), expected: "0 to 1000"))
        }
        (self.nx, self.ny, self.nz, self.cellSize_m, self.copies) = (nx, ny, nz, cellSize_m, copies)
    }

    public var cells: Int { nx * ny * nz }

    /// As many threads as a film of this size keeps busy: with less than 512 cells for each they wait for one another longer than
    /// they compute. (Measured: two threads follow 10 × 10 cells at 0.4 times the pace of one, 50 × 50 at 1.2 times.)
    public func usefulThreads(atMost most: Int) -> Int { max(1, min(most, cells / 512)) }

    /// m³.
    public var cellVolume_m3: Double { cellSize_m.x * cellSize_m.y * cellSize_m.z }

    public func index(_ x: Int, _ y: Int, _ z: Int) -> Int { x + nx * (y + ny * z) }

    /// Centre of a cell, metre, from the film's corner.
    public func centre_m(_ index: Int) -> SIMD3<Double> {
        let place = SIMD3(Double(index % nx), Double(index / nx % ny), Double(index / (nx * ny)))
        return (place + 0.5) * cellSize_m
    }

    /// The cells before and after a cell along an axis, −1 beyond a free edge.
    func neighbours(of index: Int, axis: Int) -> (before: Int, after: Int) {
        let (place, count, stride): (Int, Int, Int) =
            switch axis {
            case 0: (index % nx, nx, 1)
            case 1: (index / nx % ny, ny, nx)
            default: (index / (nx * ny), nz, nx * ny)
            }
        let isPeriodic = axis < 2 && copies[axis] > 0
        let round = (count - 1) * stride
        return (
            place > 0 ? index - stride : isPeriodic ? index + round : -1,
            place + 1 < count ? index + stride : isPeriodic ? index - round : -1
        )
    }
}
