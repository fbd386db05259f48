/// m paths of depth L and width n over the same input, their outputs added up with 1/√m: an ensemble that is trained as one network.
///
///     in, rectifier.0, path.1, rectifier.1, …, path.(L − 1), rectifier.(L − 1), out, sum
///
/// The layers between are grouped: m paths are one product.
///
/// - Source: after E. Littwin et al., "Collegial ensembles", arXiv:2006.07678.
public struct CollegialBlock: Sendable, Equatable, Codable {
    public var inputs: Int
    /// n: values of each path's hidden layers.
    public var width: Int
    /// m.
    public var paths: Int
    /// L: hidden layers of each path.
    public var depth: Int
    public var outputs: Int

    /// - Precondition: sizes are at least 1.
    public init(inputs: Int, width: Int, paths: Int, depth: Int, outputs: Int) {
        precondition([inputs, width, paths, depth, outputs].allSatisfy { $0 > 0 }, "all sizes must be at least 1")
        (self.inputs, self.width, self.paths, self.depth, self.outputs) = (inputs, width, paths, depth, outputs)
    }

    public func sequence() -> LayerSequence {
        let all = paths * width
        var entries: [LayerSequence.Entry] = [
            .init("in", Dense(inputs: inputs, outputs: all)), .init("rectifier.0", Activation(.rectifier, features: all)),
        ]
        for layer in 1..<max(1, depth) {
            entries.append(.init("path.\(layer)", Dense(inputs: all, outputs: all, groups: paths)))
            entries.append(.init("rectifier.\(layer)", Activation(.rectifier, features: all)))
        }
        entries.append(.init("out", Dense(inputs: all, outputs: paths * outputs, groups: paths)))
        entries.append(.init("sum", MemberSum(outputs: outputs, members: paths)))
        return LayerSequence(entries)
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
