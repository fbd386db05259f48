/// Where each named tensor lies in a network's flat parameter array.
public struct ParameterLayout: Sendable, Equatable {
    /// Where one tensor is in the flat array.
    public struct Tensor: Sendable, Equatable {
        /// PyTorch's name.
        public var name: String
        public var shape: [Int]
        /// Index of its first value.
        public var offset: Int
        /// Whether weight decay pulls it towards zero: weights do, biases and norms do not.
        public var decays: Bool
        public var count: Int { shape.reduce(1, *) }
    }

    /// In the order in which they lie.
    public let tensors: [Tensor]
    /// Values of all tensors together.
    public let count: Int

    public init(_ layers: LayerSequence) {
        var offset = 0
        tensors = layers.parameters.map { parameter in
            defer { offset += parameter.count }
            return Tensor(name: parameter.name, shape: parameter.shape, offset: offset, decays: parameter.decays)
        }
        count = offset
    }
}
