/// Which material lies in which cell, and how regions are coupled where they touch.
///
///     var regions = try FilmRegions(mesh: mesh, filling: .ellipse(centre_m: …, radii_m: …), with: .permalloy)
///     try regions.fill(.layer(from_m: 0, to_m: 3e-9), with: cobalt)
///     regions.setBoundary(0, 1, .surface(J_Jpm2: -1e-4))
public struct FilmRegions: Sendable {
    /// The exchange between touching cells of two regions.
    public enum Boundary: Sendable, Equatable {
        /// Times the harmonic mean of both stiffnesses; 0 decouples.
        case factor(Double)
        /// Energy −J m₁·m₂ per area, J/m²; negative couples antiparallel.
        case surface(J_Jpm2: Double)
    }

    private struct Pair: Hashable {
        var low: Int32
        var high: Int32

        init(_ a: Int32, _ b: Int32) { (low, high) = (min(a, b), max(a, b)) }
    }

    public let mesh: FilmMesh
    /// By region.
    public internal(set) var materials: [ContinuumMaterial]
    /// Region of each cell, x fastest; −1 is empty.
    public internal(set) var cells: [Int32]
    private var boundaries: [Pair: Boundary] = [:]

    /// One material in the cells whose centres lie in a shape.
    /// - Throws: `FilmError` for a material out of range, and for a shape that holds no cell.
    public init(mesh: FilmMesh, filling shape: FilmShape = .all, with material: ContinuumMaterial) throws(FilmError) {
        self.mesh = mesh
        materials = [try material.checked()]
        cells = (0..<mesh.cells).map { shape.contains(mesh.centre_m($0)) ? 0 : -1 }
        try checkFilled()
    }

    /// A region per cell.
    /// - Parameters:
    ///   - mesh: the grid.
    ///   - cells: x fastest; −1 for empty cells.
    ///   - materials: by the regions' numbers, from 0.
    /// - Throws: `FilmError` for another number of cells, a region without a material, no filled cell.
    public init(mesh: FilmMesh, cells: [Int], materials: [ContinuumMaterial]) throws(FilmError) {
        guard cells.count == mesh.cells else {
            throw FilmError(.shape(name: "regions", expected: mesh.cells, found: cells.count))
        }
        for (i, region) in cells.enumerated() where region < -1 || region >= materials.count {
            let expected = "-1 (empty) to \(materials.count - 1), one for each material"
            throw FilmError(.outOfRange(name: "region of cell \(i)", value: Double(region), expected: expected))
        }
        self.mesh = mesh
        self.materials = []
        for material in materials { self.materials.append(try material.checked()) }
        self.cells = cells.map { Int32($0) }
        try checkFilled()
    }

    /// Puts a material where the shape is, over what was there or only within it.
    /// - Parameters:
    ///   - shape: where the region is.
    ///   - material: of the region.
    ///   - onlyFilled: leaves empty cells empty.
    /// - Returns: the number of the new region.
    /// - Throws: `FilmError` for a material out of range, and for a shape that holds no such cell.
    @discardableResult
    public mutating func fill(
        _ shape: FilmShape, with material: ContinuumMaterial, onlyFilled: Bool = false
    ) throws(FilmError) -> Int {
        let region = Int32(materials.count)
        materials.append(try material.checked())
        var count = 0
        for i in cells.indices where (!onlyFilled || cells[i] >= 0) && shape.contains(mesh.centre_m(i)) {
            cells[i] = region
            count += 1
        }
        guard count > 0 else { throw FilmError(.outOfRange(name: "cells in the shape", value: 0, expected: "at least 1")) }
        return Int(region)
    }

    /// Empties the cells in a shape.
    /// - Throws: `FilmError` when nothing would be left.
    public mutating func remove(_ shape: FilmShape) throws(FilmError) {
        for i in cells.indices where shape.contains(mesh.centre_m(i)) { cells[i] = -1 }
        try checkFilled()
    }

    /// - Throws: `FilmError` for regions that do not exist or a value that is not finite.
    public mutating func setBoundary(_ a: Int, _ b: Int, _ boundary: Boundary) throws(FilmError) {
        for region in [a, b] where !materials.indices.contains(region) {
            throw FilmError(
                .outOfRange(name: "region", value: Double(region), expected: "0 to \(materials.count - 1)"))
        }
        let value =
            switch boundary {
            case .factor(let value), .surface(J_Jpm2: let value): value
            }
        guard value.isFinite else { throw FilmError(.notFinite(name: "coupling of regions \(a) and \(b)", at: 0)) }
        boundaries[Pair(Int32(a), Int32(b))] = boundary
    }

    /// Pairs of regions with a coupling that does nothing, because they touch nowhere; in order.
    public var idleBoundaries: [(Int, Int)] {
        var idle = Set(boundaries.keys)
        for i in 0..<mesh.cells where !idle.isEmpty && cells[i] >= 0 {
            for axis in 0..<3 {
                let after = mesh.neighbours(of: i, axis: axis).after
                if after >= 0, cells[after] >= 0, cells[after] != cells[i] { idle.remove(Pair(cells[i], cells[after])) }
            }
        }
        return idle.map { (Int($0.low), Int($0.high)) }.sorted { $0 < $1 }
    }

    public var filledCells: Int { cells.count { $0 >= 0 } }

    /// The material of a filled cell.
    public func material(_ cell: Int) -> ContinuumMaterial { materials[Int(cells[cell])] }

    /// The stiffness between two filled cells.
    func exchange_Jpm(_ a: Int, _ b: Int, distance_m: Double) -> Double {
        let (p, q) = (material(a).exchange_Jpm, material(b).exchange_Jpm)
        let mean = p == q ? p : p + q > 0 ? 2 * p * q / (p + q) : 0
        switch cells[a] == cells[b] ? nil : boundaries[Pair(cells[a], cells[b])] {
        case .factor(let factor)?: return factor * mean
        // J m₁·m₂ per area is a stiffness of J Δ/2.
        case .surface(J_Jpm2: let coupling)?: return coupling * distance_m / 2
        case nil: return mean
        }
    }

    /// Boundaries after a division into grains: between grains of one old region the given one, between old regions theirs.
    mutating func setGrainBoundaries(_ origin: [Int32: SIMD2<Int32>], _ boundary: Boundary, old: FilmRegions) {
        boundaries = [:]
        for i in 0..<mesh.cells where cells[i] >= 0 {
            for axis in 0..<3 {
                let after = mesh.neighbours(of: i, axis: axis).after
                guard after >= 0, cells[after] >= 0, cells[after] != cells[i] else { continue }
                guard let a = origin[cells[i]], let b = origin[cells[after]] else { continue }
                boundaries[Pair(cells[i], cells[after])] = a.x == b.x ? boundary : old.boundaries[Pair(a.x, b.x)]
            }
        }
    }

    private func checkFilled() throws(FilmError) {
        guard cells.contains(where: { $0 >= 0 }) else {
            throw FilmError(.outOfRange(name: "filled cells", value: 0, expected: "at least 1; the mask is empty"))
        }
    }
}
