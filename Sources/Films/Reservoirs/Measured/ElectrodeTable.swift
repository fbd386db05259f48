import LinearAlgebra

/// A measured network of electrodes as RCbench stores it: a text table with columns `NAME_V[V]` and `NAME_I[A]`, one row a step.
///
/// An electrode with a current is an input, or the ground where its voltage has mean and deviation below 10 mV; all others are the nodes,
/// sorted by their names. Columns without any value do not count. A step with a missing value of an input or node is left out.
///
/// - Source: RCbench 1.0.10, `ElecResDataset` and `MeasurementParser`.
public struct ElectrodeTable {
    public let inputs: [String]
    public let grounds: [String]
    public let nodes: [String]
    public let measured: MeasuredStates

    private static let voltage = "_V[V]"
    private static let current = "_I[A]"

    /// - Parameter groundThreshold_V: mean and deviation of a ground are below this.
    /// - Throws: `ByteFileError`, `ReservoirRecording.FileError`.
    public init(file: String, groundThreshold_V: Double = 0.01) throws {
        let table = try NumberTable(file: file)
        var columns: [String: [Double]] = [:]
        for (name, values) in zip(table.names, table.columns) where values.contains(where: { !$0.isNaN }) {
            columns[name] = values
        }
        var (inputs, grounds): ([String], [String]) = ([], [])
        for name in table.names where name.hasSuffix(Self.current) && columns[name] != nil {
            let electrode = String(name.dropLast(Self.current.count))
            guard let volts = columns[electrode + Self.voltage] else { continue }
            if Self.isGround(volts, below: groundThreshold_V) { grounds.append(electrode) } else { inputs.append(electrode) }
        }
        let electrodes = columns.keys.filter { $0.hasSuffix(Self.voltage) }.map { String($0.dropLast(Self.voltage.count)) }
        let nodes = electrodes.filter { !inputs.contains($0) && !grounds.contains($0) }
            .sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        guard !nodes.isEmpty else {
            throw ReservoirRecording.FileError(
                file: file, line: 1,
                expected: "columns of voltages of nodes, named NAME\(Self.voltage), without a column NAME\(Self.current)",
                found: table.names.prefix(12).joined(separator: ", "))
        }
        func matrix(_ names: [String]) -> Matrix<Double> {
            let parts = names.map { columns[$0 + Self.voltage] ?? [] }
            let rows = parts.first?.count ?? 0
            var matrix = Matrix<Double>(rows: rows, columns: parts.count)
            for (k, values) in parts.enumerated() { for row in 0..<rows { matrix[row, k] = values[row] } }
            return matrix
        }
        var measured = MeasuredStates(
            description: "\(MeasuredStates.name(file)), \(nodes.count) electrodes",
            inputs: inputs.isEmpty ? nil : matrix(inputs),
            states: matrix(nodes))
        measured.dropIncomplete()
        guard measured.steps > 0 else {
            throw ReservoirRecording.FileError(
                file: file, line: 0, expected: "a row with all voltages",
                found: "a missing value in each of \(measured.dropped) rows")
        }
        (self.inputs, self.grounds, self.nodes, self.measured) = (inputs, grounds, nodes, measured)
    }

    private static func isGround(_ volts: [Double], below threshold: Double) -> Bool {
        let known = volts.filter { !$0.isNaN }
        let mean = known.reduce(0, +) / Double(known.count)
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
        return variance.squareRoot() < threshold && abs(mean) < threshold
    }
}
