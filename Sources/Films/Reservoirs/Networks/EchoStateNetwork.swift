public import LinearAlgebra
import ReservoirKernels
import Signals

/// A leaky echo-state network, in 64 bits:
///
///     x(t) = (1 − a) x(t−1) + a tanh(W x(t−1) + W_in u(t) + b),   x(0) = 0
///
/// Sums have a fixed order and tanh is its own (2 units in the last place): the same bits on every processor. It goes on from its state
/// until ``reset(seed:)``.
///
/// - Source: H. Jaeger, M. Lukoševičius, D. Popovici, U. Siewert, Neural Networks 20 (2007) 335, equation 2.
public final class EchoStateNetwork: Reservoir {
    /// The connections between nodes.
    public enum Connections: Sendable, Equatable {
        /// Shape `[nodes, nodes]`: row i holds what arrives at node i. With more than three quarters zeros it is kept as compressed rows.
        case dense(Matrix<Double>)
        case sparse(SparseMatrix)
    }

    public let inputs: Int
    public let nodes: Int
    /// a, in (0, 1].
    public let leak: Double
    public let description: String

    private let padded: Int
    /// Nodes in the order in which their compressed rows are kept.
    private let order: [Int32]
    private let starts: [Int32]
    private let columns: [Int32]
    private let values: [Double]
    private let inputWeights: [Double]
    private let bias: [Double]
    private let state: UnsafeMutableBufferPointer<Double>
    private let work: UnsafeMutableBufferPointer<Double>
    private let isSparse: Bool
    private let level: Int32

    /// - Parameters:
    ///   - connections: W, `[nodes, nodes]`.
    ///   - input: W_in, shape `[nodes, inputs]`.
    ///   - bias: b, one value per node.
    ///   - leak: a, above 0, at most 1.
    /// - Throws: ``NetworkError``.
    public convenience init(
        connections: Connections, input: Matrix<Double>, bias: [Double], leak: Double
    ) throws(NetworkError) {
        try self.init(connections: connections, input: input, bias: bias, leak: leak, description: nil, level: nil)
    }

    /// - Parameter level: of the processor's instructions, for tests; nil: the best there is.
    package init(
        connections: Connections, input: Matrix<Double>, bias: [Double], leak: Double, description: String?, level: Int32?
    ) throws(NetworkError) {
        let (rows, width, connected) =
            switch connections {
            case .dense(let matrix): (matrix.rows, matrix.columns, matrix.values.count)
            case .sparse(let matrix): (matrix.rows, matrix.columns, matrix.values.count)
            }
        guard rows > 0 else { throw .setting(name: "nodes", expected: "1 or more", found: Double(rows)) }
        guard width == rows else { throw .shape(what: "columns of connections", expected: rows, found: width) }
        guard input.rows == rows else { throw .shape(what: "rows of input weights", expected: rows, found: input.rows) }
        guard input.columns > 0 else { throw .setting(name: "inputs", expected: "1 or more", found: 0) }
        guard bias.count == rows else { throw .shape(what: "biases", expected: rows, found: bias.count) }
        guard leak > 0, leak <= 1 else {
            throw .setting(name: "leak", expected: "a number above 0, at most 1", found: leak)
        }
        if let place = input.values.firstIndex(where: { !$0.isFinite }) { throw .weight(what: "input weights", place: place) }
        if let place = bias.firstIndex(where: { !$0.isFinite }) { throw .weight(what: "biases", place: place) }
        // Compressed rows read 12 bytes per value, full ones 8 per place, and a gather is slower than a load.
        var connections = connections
        if case .dense(let matrix) = connections, matrix.values.count(where: { $0 != 0 }) * 4 < connected {
            connections = .sparse(try SparseMatrix(matrix))
        }
        // Rows in whole groups of eight lanes.
        let padded = (rows + 7) & ~7
        var (order, starts, columns, values): ([Int32], [Int32], [Int32], [Double]) = ([], [], [], [])
        switch connections {
        case .dense(let matrix):
            if let place = matrix.values.firstIndex(where: { !$0.isFinite }) {
                throw .weight(what: "connections", place: place)
            }
            isSparse = false
            values.reserveCapacity(rows * padded)
            for row in 0..<rows { values += matrix.row(row) + [Double](repeating: 0, count: padded - rows) }
        case .sparse(let matrix):
            let fill = rows * 7
            guard connected < Int(Int32.max) - fill else {
                throw .setting(name: "connections", expected: "fewer", found: Double(connected))
            }
            isSparse = true
            // Rows of equal length behind one another: a loop whose length changes from row to row is mispredicted at each end.
            func groups(_ row: Int) -> Int { (matrix.starts[row + 1] - matrix.starts[row] + 7) / 8 }
            let sorted = (0..<rows).sorted { (groups($0), $0) < (groups($1), $1) }
            order = sorted.map { Int32($0) }
            starts.append(0)
            for row in sorted {
                let range = matrix.starts[row]..<matrix.starts[row + 1]
                let rest = (8 - range.count & 7) & 7
                columns += matrix.places[range].map { Int32($0) } + [Int32](repeating: 0, count: rest)
                values += matrix.values[range] + [Double](repeating: 0, count: rest)
                starts.append(Int32(values.count))
            }
        }
        (inputs, nodes, self.leak, self.padded) = (input.columns, rows, leak, padded)
        (self.order, self.starts, self.columns, self.values) = (order, starts, columns, values)
        self.bias = bias + [Double](repeating: 0, count: padded - rows)
        inputWeights = (0..<input.columns).flatMap { k in
            (0..<padded).map { $0 < rows ? input[$0, k] : 0 }
        }
        self.level = level ?? larmor_echo_level()
        self.description = description ?? "echo-state network of \(rows) nodes, leak \(leak)"
        state = Self.zeros(padded)
        work = Self.zeros(padded)
    }

    deinit {
        state.deallocate()
        work.deallocate()
    }

    /// The state to zero. The network has no noise: the seed changes nothing.
    public func reset(seed: UInt64) { state.update(repeating: 0) }

    /// Drives it; goes on from the state in which it is.
    /// - Parameter inputs: shape `[steps, inputs]`.
    /// - Returns: the state after each step, shape `[steps, nodes]`.
    /// - Throws: ``NetworkError`` when an input is missing or not finite; then the state is as before.
    public func states(_ inputs: Matrix<Double>) throws(NetworkError) -> Matrix<Double> {
        guard inputs.columns == self.inputs else {
            throw .shape(what: "inputs per step", expected: self.inputs, found: inputs.columns)
        }
        if let wrong = inputs.values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(step: wrong / self.inputs, input: wrong % self.inputs)
        }
        let count = inputs.rows * nodes
        let result = [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            if count > 0 { drive(inputs, into: buffer.baseAddress.unsafelyUnwrapped) }
            initialized = count
        }
        return Matrix(rows: inputs.rows, columns: nodes, values: result)
    }

    /// As ``states(_:)``, rounded to 32 bits.
    public func run(_ inputs: [Float]) throws(NetworkError) -> [Float] {
        guard inputs.count.isMultiple(of: self.inputs) else {
            throw .shape(
                what: "inputs of whole steps", expected: inputs.count / self.inputs * self.inputs, found: inputs.count)
        }
        let matrix = Matrix(rows: inputs.count / self.inputs, columns: self.inputs, values: inputs.map { Double($0) })
        return try states(matrix).values.map { Float($0) }
    }

    private func drive(_ inputs: Matrix<Double>, into states: UnsafeMutablePointer<Double>) {
        order.withUnsafeBufferPointer { order in
            starts.withUnsafeBufferPointer { starts in
                columns.withUnsafeBufferPointer { columns in
                    values.withUnsafeBufferPointer { values in
                        inputWeights.withUnsafeBufferPointer { inputWeights in
                            bias.withUnsafeBufferPointer { bias in
                                var network = larmor_echo(
                                    nodes: padded, inputs: self.inputs, leak: leak, rows: order.baseAddress,
                                    starts: starts.baseAddress, columns: isSparse ? columns.baseAddress : nil,
                                    values: values.baseAddress, input_weights: inputWeights.baseAddress,
                                    bias: bias.baseAddress, work: work.baseAddress)
                                larmor_echo_run(
                                    &network, inputs.rows, inputs.values, state.baseAddress, states, nodes, level)
                            }
                        }
                    }
                }
            }
        }
    }

    private static func zeros(_ count: Int) -> UnsafeMutableBufferPointer<Double> {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * MemoryLayout<Double>.stride, alignment: 64)
        return memory.initializeMemory(as: Double.self, repeating: 0)
    }
}
