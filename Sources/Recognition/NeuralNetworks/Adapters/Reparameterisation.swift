import Signals

/// Few values that are trained in place of all of a network's parameters.
public protocol Reparameterisation: Sendable {
    /// What is trained.
    var values: [Float] { get set }
    /// Which of them weight decay pulls towards zero.
    var decays: [Bool] { get }
    /// Writes the parameters that the values stand for.
    func write(into parameters: inout [Float])
    /// ∂L/∂ of the values from that of all parameters.
    func gradient(_ parameters: [Float]) -> [Float]
}

/// Some tensors are trained, the others stay: biases only, the last layer only, the input of a session only.
public struct ChosenTensors: Reparameterisation {
    public var values: [Float]
    public let decays: [Bool]
    private let places: [Range<Int>]

    /// - Parameter isChosen: whether a tensor is trained.
    public init(_ network: Network, where isChosen: (ParameterLayout.Tensor) -> Bool) {
        let chosen = network.layout.tensors.filter(isChosen)
        places = chosen.map { $0.offset..<$0.offset + $0.count }
        decays = chosen.flatMap { [Bool](repeating: $0.decays, count: $0.count) }
        values = places.flatMap { network.parameters[$0] }
    }

    public func write(into parameters: inout [Float]) {
        var next = 0
        for place in places {
            for k in place {
                parameters[k] = values[next]
                next += 1
            }
        }
    }

    public func gradient(_ parameters: [Float]) -> [Float] { places.flatMap { parameters[$0] } }
}

/// Each weight matrix W becomes W + B A with A of shape `[rank, inputs]` and B of shape `[outputs, rank]`, zero at the beginning.
///
/// - Source: E. J. Hu et al., "LoRA: low-rank adaptation of large language models", arXiv:2106.09685.
public struct LowRankUpdates: Reparameterisation {
    public var values: [Float]
    public let decays: [Bool]
    private let matrices: [Matrix]
    private let rank: Int

    private struct Matrix: Sendable {
        /// In the network.
        var offset: Int
        var rows: Int
        var columns: Int
        var frozen: [Float]
        /// Of A among the values; B follows it.
        var place: Int
    }

    /// - Parameters:
    ///   - isChosen: whether a tensor is trained; those that are no matrices never are.
    ///   - seed: of A.
    public init(_ network: Network, rank: Int, seed: UInt64, where isChosen: (ParameterLayout.Tensor) -> Bool) {
        var random = SplitMix64(seed: seed)
        var (values, matrices): ([Float], [Matrix]) = ([], [])
        for tensor in network.layout.tensors where tensor.decays && tensor.shape.count == 2 && isChosen(tensor) {
            let (rows, columns) = (tensor.shape[0], tensor.shape[1])
            matrices.append(
                Matrix(
                    offset: tensor.offset, rows: rows, columns: columns,
                    frozen: Array(network.parameters[tensor.offset..<tensor.offset + tensor.count]), place: values.count))
            let bound = 1 / Float(columns).squareRoot()
            values += (0..<rank * columns).map { _ in (2 * random.uniformFloat() - 1) * bound }
            values += [Float](repeating: 0, count: rows * rank)
        }
        (self.values, self.matrices, self.rank) = (values, matrices, rank)
        decays = [Bool](repeating: true, count: values.count)
    }

    public func write(into parameters: inout [Float]) {
        for matrix in matrices {
            let b = matrix.place + rank * matrix.columns
            for i in 0..<matrix.rows {
                let row = matrix.offset + i * matrix.columns
                for j in 0..<matrix.columns { parameters[row + j] = matrix.frozen[i * matrix.columns + j] }
                for k in 0..<rank {
                    let factor = values[b + i * rank + k]
                    let a = matrix.place + k * matrix.columns
                    for j in 0..<matrix.columns { parameters[row + j] += factor * values[a + j] }
                }
            }
        }
    }

    /// ∂L/∂A = Bᵀ ∂L/∂W, ∂L/∂B = ∂L/∂W Aᵀ.
    public func gradient(_ parameters: [Float]) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for matrix in matrices {
            let b = matrix.place + rank * matrix.columns
            for i in 0..<matrix.rows {
                let row = matrix.offset + i * matrix.columns
                for k in 0..<rank {
                    let a = matrix.place + k * matrix.columns
                    let factor = values[b + i * rank + k]
                    var sum: Float = 0
                    for j in 0..<matrix.columns {
                        result[a + j] += factor * parameters[row + j]
                        sum += parameters[row + j] * values[a + j]
                    }
                    result[b + i * rank + k] = sum
                }
            }
        }
        return result
    }
}
