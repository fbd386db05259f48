/// A stack of gated recurrent layers and one linear layer: features in, logits out, causal.
///
/// Gates are those of PyTorch's `torch.nn.GRU`, in its order r, z, n:
///
///     r = σ(W_r x + b_r + U_r h + c_r)
///     z = σ(W_z x + b_z + U_z h + c_z)
///     n = tanh(W_n x + b_n + r ∘ (U_n h + c_n))
///     h' = (1 − z) ∘ n + z ∘ h
///
/// All parameters lie in one flat array, so that an optimiser, a sum of gradients and a file see one vector; `layout` names
/// the parts.
///
/// - Source: K. Cho et al., arXiv:1406.1078; the placement of the reset gate as in cuDNN and PyTorch.
public struct RecurrentNetwork: Sendable, Equatable {
    /// Sizes of the network; all at least 1.
    public struct Shape: Sendable, Equatable, Codable {
        public var inputs: Int
        public var hidden: Int
        public var layers: Int
        /// Number of units, blank included.
        public var outputs: Int

        public init(inputs: Int, hidden: Int, layers: Int, outputs: Int) {
            precondition(inputs > 0 && hidden > 0 && layers > 0 && outputs > 0, "all sizes must be at least 1")
            self.inputs = inputs
            self.hidden = hidden
            self.layers = layers
            self.outputs = outputs
        }

        func layerInputs(_ layer: Int) -> Int { layer == 0 ? inputs : hidden }
    }

    public let shape: Shape
    public let layout: ParameterLayout
    /// All parameters, in the order of `layout`.
    public var parameters: [Float]

    /// Weights drawn uniformly from ±1/√hidden, as PyTorch does; the same for the same seed.
    public init(shape: Shape, seed: UInt64) {
        self.shape = shape
        layout = ParameterLayout(shape)
        let bound = 1 / Float(shape.hidden).squareRoot()
        var random = WeightGenerator(seed: seed)
        parameters = (0..<layout.count).map { _ in (2 * random.uniform() - 1) * bound }
    }

    /// - Precondition: as many parameters as the shape needs.
    public init(shape: Shape, parameters: [Float]) {
        self.shape = shape
        layout = ParameterLayout(shape)
        precondition(parameters.count == layout.count, "the shape needs \(layout.count) parameters")
        self.parameters = parameters
    }
}

/// Where each named tensor lies in the flat parameter array.
public struct ParameterLayout: Sendable, Equatable {
    public struct Tensor: Sendable, Equatable {
        public var name: String
        public var shape: [Int]
        public var offset: Int
        public var count: Int { shape.reduce(1, *) }
        /// Matrices decay, biases do not.
        public var decays: Bool { shape.count > 1 }
    }

    /// In the order in which they lie; the names are PyTorch's.
    public let tensors: [Tensor]
    public let count: Int

    init(_ shape: RecurrentNetwork.Shape) {
        var tensors: [Tensor] = []
        var offset = 0
        func add(_ name: String, _ dimensions: [Int]) {
            tensors.append(Tensor(name: name, shape: dimensions, offset: offset))
            offset += dimensions.reduce(1, *)
        }
        for layer in 0..<shape.layers {
            add("gru.weight_ih_l\(layer)", [3 * shape.hidden, shape.layerInputs(layer)])
            add("gru.weight_hh_l\(layer)", [3 * shape.hidden, shape.hidden])
            add("gru.bias_ih_l\(layer)", [3 * shape.hidden])
            add("gru.bias_hh_l\(layer)", [3 * shape.hidden])
        }
        add("output.weight", [shape.outputs, shape.hidden])
        add("output.bias", [shape.outputs])
        self.tensors = tensors
        count = offset
    }

    /// Offsets of layer `layer`: W, U, b, c.
    func layer(_ layer: Int) -> (w: Int, u: Int, b: Int, c: Int) {
        let first = layer * 4
        return (tensors[first].offset, tensors[first + 1].offset, tensors[first + 2].offset, tensors[first + 3].offset)
    }

    /// Offsets of the linear layer: weight, bias.
    var output: (weight: Int, bias: Int) {
        (tensors[tensors.count - 2].offset, tensors[tensors.count - 1].offset)
    }
}

/// SplitMix64 for initial weights and dropout, here so that this module stands alone.
struct WeightGenerator: Sendable {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1) with 24 random bits.
    mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }
}
