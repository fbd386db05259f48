/// Rectangular contacts in rows and columns that share a film's plane, each through all layers: where it is driven and read.
public struct FilmContacts: Sendable, Equatable {
    public let columns: Int
    public let rows: Int
    public var count: Int { columns * rows }
    /// Contact of each cell, x fastest; −1 for cells without material.
    let contact: [Int]
    /// Filled cells of each contact.
    let cells: [Int]

    /// - Throws: `FilmError` for more contacts along an edge than cells, and for a contact without a filled cell.
    public init(_ regions: FilmRegions, columns: Int, rows: Int) throws(FilmError) {
        let mesh = regions.mesh
        for (name, value, most) in [("columns of contacts", columns, mesh.nx), ("rows of contacts", rows, mesh.ny)]
        where !(1...most).contains(value) {
            throw FilmError(
                .outOfRange(name: name, value: Double(value), expected: "1 to \(most), the film's cells along that edge"))
        }
        (self.columns, self.rows) = (columns, rows)
        var cells = [Int](repeating: 0, count: columns * rows)
        contact = regions.cells.enumerated().map { cell, region in
            guard region >= 0 else { return -1 }
            let (x, y) = (cell % mesh.nx, cell / mesh.nx % mesh.ny)
            let contact = y * rows / mesh.ny * columns + x * columns / mesh.nx
            cells[contact] += 1
            return contact
        }
        self.cells = cells
        if let empty = cells.firstIndex(of: 0) {
            throw FilmError(
                .notPossible(
                    "contact \(empty % columns) along x, \(empty / columns) along y lies on no cell with material; take fewer"))
        }
    }
}
