/// m paths of depth L and width n over the same input, their outputs added up with 1/√m: an ensemble that is trained as one network.
///
///     rectifiers: in, rectifier.0, path.1, rectifier.1, …, path.(L − 1), rectifier.(L − 1), out, sum
///     recurrent:  in, gru.0, …, gru.(L − 1), out, sum
///
/// The layers between are grouped: m paths are one product.
///
/// - Source: after E. Littwin et al., "Collegial ensembles", arXiv:2006.07678, which has no recurrent paths.
public struct CollegialBlock: Sendable, Equatable, Codable {
    /// What the hidden layers are.
    public enum Cell: String, Sendable, Codable, CaseIterable {
        /// Linear layers with rectifiers.
        case rectifier
        /// Gated recurrent layers behind a linear one.
        case recurrent
    }

    public var inputs: Int
    /// n: values of each path's hidden layers.
    public var width: Int
    /// m.
    public var paths: Int
    /// L: hidden layers of each path.
    public var depth: Int
    public var outputs: Int
    public var cell: Cell

    /// - Precondition: sizes are at least 1.
    public init(inputs: Int, width: Int, paths: Int, depth: Int, outputs: Int, cell: Cell = .rectifier) {
        precondition([inputs, width, paths, depth, outputs].allSatisfy { $0 > 0 }, "all sizes must be at least 1")
        (self.inputs, self.width, self.paths, self.depth, self.outputs) = (inputs, width, paths, depth, outputs)
        self.cell = cell
    }

    public func sequence() -> LayerSequence {
        let all = paths * width
        var entries: [LayerSequence.Entry] = [.init("in", Dense(inputs: inputs, outputs: all))]
        for layer in 0..<depth {
            switch cell {
            case .rectifier:
                if layer > 0 { entries.append(.init("path.\(layer)", Dense(inputs: all, outputs: all, groups: paths))) }
                entries.append(.init("rectifier.\(layer)", Activation(.rectifier, features: all)))
            case .recurrent: entries.append(.init("gru.\(layer)", GRU(inputs: all, hidden: all, groups: paths)))
            }
        }
        entries.append(.init("out", Dense(inputs: all, outputs: paths * outputs, groups: paths)))
        entries.append(.init("sum", MemberSum(outputs: outputs, members: paths)))
        return LayerSequence(entries)
    }

    /// Parameters of one of its paths.
    public var cost: EnsembleCost {
        switch cell {
        case .rectifier: .connected(inputs: inputs, outputs: outputs, depth: depth)
        case .recurrent: .recurrent(inputs: inputs, outputs: outputs, depth: depth)
        }
    }

    /// Path j as a network of its own, with its share of the parameters.
    /// - Precondition: the network has this block's layers.
    public func path(_ j: Int, of network: Network) -> Network {
        var one = self
        one.paths = 1
        var parameters: [Float] = []
        for tensor in network.layout.tensors {
            let share = tensor.count / paths
            parameters += network.parameters[tensor.offset + j * share..<tensor.offset + (j + 1) * share]
        }
        return Network(one.sequence(), parameters: parameters)
    }
}
