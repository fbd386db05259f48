extension FilmRegions {
    /// Empties single cells at random.
    /// - Parameters:
    ///   - fraction: of the filled cells that are lost on average, 0 to below 1.
    ///   - seed: the same one leaves the same cells, whatever else the film holds.
    /// - Throws: `FilmError` for a fraction out of range or when nothing would be left.
    public mutating func addVacancies(fraction: Double, seed: UInt64) throws(FilmError) {
        guard (0..<1).contains(fraction) else {
            throw FilmError(.outOfRange(name: "fraction of vacancies", value: fraction, expected: "0 to below 1"))
        }
        var left = self
        for i in cells.indices where cells[i] >= 0 {
            if Philox.uniforms(seed: seed, stream: 1, index: UInt32(i), step: 0).x < fraction { left.cells[i] = -1 }
        }
        guard left.filledCells > 0 else {
            throw FilmError(.outOfRange(name: "filled cells", value: 0, expected: "at least 1; all became vacancies"))
        }
        self = left
    }

    /// Divides the film into columnar grains, the cells nearest to points scattered at random (a Voronoi tessellation), each a
    /// region of its own.
    /// - Parameters:
    ///   - size_m: mean diameter; there is one grain per size² of the mesh.
    ///   - seed: of the points and of the numbers for `vary`.
    ///   - boundary: the exchange between grains.
    ///   - vary: the material of a grain, from that of the region it lies in and four numbers between 0 and 1.
    /// - Returns: the number of grains.
    /// - Throws: `FilmError` for a size below half a cell, materials out of range, more than 100,000 grains.
    @discardableResult
    public mutating func addGrains(
        size_m: Double, seed: UInt64, boundary: Boundary = .factor(1),
        vary: (ContinuumMaterial, SIMD4<Double>) -> ContinuumMaterial
    ) throws(FilmError) -> Int {
        let edge = min(mesh.cellSize_m.x, mesh.cellSize_m.y)
        guard size_m.isFinite, size_m >= edge / 2 else {
            throw FilmError(.outOfRange(name: "size of grains", value: size_m, expected: "at least half a cell, \(edge / 2) m"))
        }
        let extent = SIMD2(Double(mesh.nx) * mesh.cellSize_m.x, Double(mesh.ny) * mesh.cellSize_m.y)
        let wanted = extent.x * extent.y / (size_m * size_m)
        guard wanted <= 1e5 else {
            throw FilmError(.outOfRange(name: "number of grains", value: wanted, expected: "at most 100000"))
        }
        let points = (0..<max(1, Int(wanted.rounded()))).map { grain in
            let u = Philox.uniforms(seed: seed, stream: 2, index: UInt32(grain), step: 0)
            return SIMD2(u.x, u.y) * extent
        }
        let grid = PointGrid(points, extent: extent, spacing: size_m)
        let before = (materials, cells)
        var made: [SIMD2<Int32>: Int32] = [:]
        var regions: [Int32: SIMD2<Int32>] = [:]
        var next = self
        next.materials = []
        for i in 0..<mesh.cells where cells[i] >= 0 {
            let centre = mesh.centre_m(i)
            let grain = Int32(grid.nearest(to: SIMD2(centre.x, centre.y)))
            let key = SIMD2(before.1[i], grain)
            if let region = made[key] {
                next.cells[i] = region
                continue
            }
            let u = Philox.uniforms(seed: seed, stream: 3, index: UInt32(grain), step: 0)
            let region = Int32(next.materials.count)
            next.materials.append(try vary(before.0[Int(before.1[i])], u).checked())
            (made[key], regions[region]) = (region, key)
            next.cells[i] = region
        }
        next.setGrainBoundaries(regions, boundary, old: self)
        self = next
        return points.count
    }
}

/// Points in a plane, sorted into squares, so that the nearest one is found quickly.
struct PointGrid {
    private let points: [SIMD2<Double>]
    private let spacing: Double
    private let counts: SIMD2<Int>
    private var members: [[Int]]

    init(_ points: [SIMD2<Double>], extent: SIMD2<Double>, spacing: Double) {
        (self.points, self.spacing) = (points, spacing)
        counts = SIMD2(max(1, Int((extent.x / spacing).rounded(.up))), max(1, Int((extent.y / spacing).rounded(.up))))
        members = [[Int]](repeating: [], count: counts.x * counts.y)
        for (i, point) in points.enumerated() {
            let square = Self.square(point, spacing, counts)
            members[square.x + counts.x * square.y].append(i)
        }
    }

    private static func square(_ point: SIMD2<Double>, _ spacing: Double, _ counts: SIMD2<Int>) -> SIMD2<Int> {
        SIMD2(
            min(counts.x - 1, max(0, Int(point.x / spacing))), min(counts.y - 1, max(0, Int(point.y / spacing))))
    }

    /// The first of the nearest points.
    func nearest(to point: SIMD2<Double>) -> Int {
        let centre = Self.square(point, spacing, counts)
        var best = (square: Double.infinity, index: 0)
        for ring in 0...max(counts.x, counts.y) {
            // All points of farther rings are at least this far away.
            let reach = Double(ring - 1) * spacing
            if ring > 0, best.square <= reach * reach { break }
            for y in max(0, centre.y - ring)...min(counts.y - 1, centre.y + ring) {
                for x in max(0, centre.x - ring)...min(counts.x - 1, centre.x + ring)
                where max(abs(x - centre.x), abs(y - centre.y)) == ring {
                    for i in members[x + counts.x * y] {
                        let d = points[i] - point
                        let square = (d * d).sum()
                        if square < best.square || (square == best.square && i < best.index) { best = (square, i) }
                    }
                }
            }
        }
        return best.index
    }
}
