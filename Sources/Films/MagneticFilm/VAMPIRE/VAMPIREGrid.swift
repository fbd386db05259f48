/// What must be known of a run folder to drive VAMPIRE itself: its cells and the steps of an input.
///
/// Unlike ``VAMPIRERun`` it accepts whatever else the folder asks for: temperature, other lattices, shapes.
public struct VAMPIREGrid: Sendable, Equatable {
    public let columns: Int
    public let rows: Int
    public let stepsPerInput: Int

    public var cells: Int { columns * rows }

    /// - Throws: ``VAMPIREError``.
    public init(folder: String) throws(VAMPIREError) {
        let file = folder + "/input"
        let keys = try VAMPIREKeys(file: file)
        func length(_ key: String, _ example: String) throws(VAMPIREError) -> Double {
            let entry = keys.last(key) ?? (key.contains("system-size") ? keys.last("dimensions:system-size") : nil)
            guard let entry else { throw VAMPIREError(.missingKey(key, example: example), file: file) }
            return try keys.number(entry, units: VAMPIREKeys.lengths, range: 0.1...1e7)
        }
        let cell = try length("cells:macro-cell-size", "cells:macro-cell-size = 5 !nm")
        columns = MacroCellAxis.cells(
            extent: try length("dimensions:system-size-x", "dimensions:system-size-x = 49 !nm"), cellSize: cell)
        rows = MacroCellAxis.cells(
            extent: try length("dimensions:system-size-y", "dimensions:system-size-y = 49 !nm"), cellSize: cell)
        let layers = MacroCellAxis.cells(
            extent: try length("dimensions:system-size-z", "dimensions:system-size-z = 0.1 !A"), cellSize: cell)
        guard layers == 1, columns <= 2000, rows <= 2000 else {
            throw VAMPIREError(
                .unsupported(
                    key: "dimensions:system-size", found: "\(columns) × \(rows) × \(layers) cells",
                    supported: "one layer of at most 2000 × 2000"), file: file)
        }
        stepsPerInput = try keys.integer(
            try keys.required("sim:time-steps-increment", example: "sim:time-steps-increment = 100"), range: 1...1_000_000_000)
    }

    /// A `sourcefield.txt`.
    /// - Parameter inputs: tesla, shape `[inputs, cells]`, the index along x runs fastest.
    public func sourceField(_ inputs: [Float]) -> String {
        precondition(inputs.count % cells == 0, "inputs must hold whole rows")
        // For films that are not square the program computes another cell from x and y; with x = 1 it finds the right one.
        let isSquare = rows == columns
        let places = 0..<cells
        var text = places.map { "\(isSquare ? $0 / rows + 1 : 1)" }.joined(separator: " ") + " -2\n"
        text += places.map { "\(isSquare ? $0 % rows + 1 : $0 + 1)" }.joined(separator: " ") + " -1\n"
        for (index, start) in stride(from: 0, to: inputs.count, by: cells).enumerated() {
            text += places.map { "\(inputs[start + $0 % rows * columns + $0 / rows])" }.joined(separator: " ")
            text += " \(index)\n"
        }
        return text
    }

    /// Unit vectors from moments: each cell's moment over its length, zero for a cell without one.
    /// - Parameter moments: as ``VAMPIREOutput/read(_:cells:)`` gives them for one input.
    /// - Returns: all m_x, all m_y, all m_z, the index along x runs fastest.
    public func unitVectors(_ moments: [Double]) -> [Float] {
        var states = [Float](repeating: 0, count: 3 * cells)
        for place in 0..<cells {
            let cell = place % rows * columns + place / rows
            let m = SIMD3(moments[place], moments[cells + place], moments[2 * cells + place])
            // Moments are 10⁻²¹ A m² or so: their squares are small, but not too small for a Double.
            let length = (m * m).sum().squareRoot()
            guard length > 0 else { continue }
            for axis in 0..<3 { states[axis * cells + cell] = Float(m[axis] / length) }
        }
        return states
    }
}
