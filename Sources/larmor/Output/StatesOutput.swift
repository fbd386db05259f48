import MagneticFilm
import Outputs
import TensorFiles

/// Where the states of a driven film go: a table that grows line by line, or, for a name that ends in .npy, an array of NumPy,
/// shape `[inputs, 3, cells]`, which is written at the end.
final class StatesOutput {
    private let path: String
    private let cells: Int
    private let table: AppendedTable?
    private var values: [Double] = []
    /// States so far.
    private(set) var count = 0

    static func isArray(_ path: String) -> Bool { path.lowercased().hasSuffix(".npy") }

    /// - Throws: `AppendedTable.WriteError`.
    init(_ path: String, cells: Int) throws {
        (self.path, self.cells) = (path, cells)
        table = Self.isArray(path) ? nil : try AppendedTable(path)
        try table?.append(DriveTable.heading(cells: cells))
    }

    /// - Parameter state: all m_x, all m_y, all m_z.
    /// - Throws: `AppendedTable.WriteError`.
    func append(_ state: [Float]) throws {
        if let table { try table.append(DriveTable.line(state)) } else { values += state.map { Double($0) } }
        count += 1
    }

    /// - Throws: `OutputError`.
    func finish() throws {
        guard let table else {
            return try OutputFile.write(NumPyArray(shape: [count, 3, cells], values: values).bytes, to: path)
        }
        table.sync()
    }
}
