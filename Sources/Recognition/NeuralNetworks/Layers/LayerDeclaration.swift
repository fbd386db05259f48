/// What a kind of layer computes, in the words of the manual.
public struct LayerDeclaration: Equatable, Sendable, Codable {
    /// One tensor of the layer's parameters.
    public struct Tensor: Equatable, Sendable, Codable {
        /// PyTorch's name.
        public var name: String
        /// In the letters of the formula: "[outputs, inputs]".
        public var shape: String
        /// Whether weight decay pulls it towards zero.
        public var decays: Bool

        public init(_ name: String, _ shape: String, decays: Bool) {
            (self.name, self.shape, self.decays) = (name, shape, decays)
        }
    }

    public var name: String
    /// Output from input, one line.
    public var formula: String
    /// In the order of the flat array.
    public var tensors: [Tensor]
    /// Paper or manual.
    public var source: String

    public init(_ name: String, formula: String, tensors: [Tensor] = [], source: String) {
        (self.name, self.formula, self.tensors, self.source) = (name, formula, tensors, source)
    }

    /// All kinds of layers.
    public static let all: [LayerDeclaration] = [
        Dense.declaration, GRU.declaration, BidirectionalGRU.declaration, TemporalConvolution.declaration,
        TimeFrequencyConvolution.declaration, LayerNormalisation.declaration, Dropout.declaration, Activation.declaration,
        ResidualBlock.declaration, SessionInput.declaration, MemberSum.declaration,
    ]
}

/// One tensor of a layer's parameters.
public struct LayerParameter: Sendable, Equatable {
    /// How it begins.
    public enum Initial: Sendable, Equatable {
        /// Uniform in ± the bound.
        case uniform(Float)
        case constant(Float)
        /// Each matrix of the last two axes is the identity.
        case identity
    }

    /// PyTorch's name within the layer.
    public var name: String
    /// Sizes along each axis, the last one fastest.
    public var shape: [Int]
    /// Whether weight decay pulls it towards zero. Norms and biases do not decay.
    public var decays: Bool
    /// How training begins.
    public var initial: Initial

    public init(_ name: String, _ shape: [Int], decays: Bool, initial: Initial) {
        (self.name, self.shape, self.decays, self.initial) = (name, shape, decays, initial)
    }

    /// Number of values.
    public var count: Int { shape.reduce(1, *) }
}
