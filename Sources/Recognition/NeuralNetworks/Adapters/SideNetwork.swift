/// A small network beside a frozen one: it reads the outputs of several layers (taps), one after the other, and corrects the last.
///
///     x_i = W φ_i + b,        h_i = GRU(x_i, h_{i−1}), h_0 = 0,        φ'_N = φ_N + U h_N + c        for each frame by itself
///
/// φ_1 … φ_N are the taps of one frame, each of width d; W (the joiner) and the cell, both of rank r, are shared over depth, so the number of
/// parameters, r (d + 1) + 6 r² + 6 r + d (r + 1), does not depend on how deep the network is. U and c begin at zero: a new side network
/// changes nothing.
///
/// The ablation without recurrence gives each tap a joiner and a cell of its own, none of which hears the others; U adds up what they say.
///
/// - Source: after J. Wang, M. Nguyen, Y. Li, H. Wu, "READ: recurrent adaptation of large transformers", arXiv:2305.15348.
public struct SideNetwork: Sendable, Equatable {
    /// Sizes.
    public struct Shape: Sendable, Equatable, Codable {
        /// d: values of each tap.
        public var width: Int
        /// r: values of the state.
        public var rank: Int
        /// N.
        public var taps: Int
        /// False for the ablation: a cell for each tap.
        public var isRecurrent: Bool

        public init(width: Int, rank: Int, taps: Int, isRecurrent: Bool = true) {
            (self.width, self.rank, self.taps, self.isRecurrent) = (width, rank, taps, isRecurrent)
        }

        /// Whether a network of these sizes can be made: sizes that come from a file are asked first.
        public var isPossible: Bool {
            (1...8192).contains(width) && (1...1024).contains(rank) && (1...64).contains(taps)
        }

        /// The network's layers.
        public var layers: LayerSequence {
            let members = isRecurrent ? 1 : taps
            return LayerSequence([
                .init("joiner", Dense(inputs: members * width, outputs: members * rank, groups: members)),
                .init("cell", GRU(inputs: members * rank, hidden: members * rank, groups: members)),
                .init("correction", Dense(inputs: members * rank, outputs: width)),
            ])
        }
    }

    public let shape: Shape
    /// Joiner, cell and correction with their parameters.
    public var network: Network
    /// Joiner and cell, which run once for each tap.
    let core: LayerSequence
    let correction: Dense

    /// The correction begins at zero, the rest as PyTorch draws it; the same for the same seed.
    public init(_ shape: Shape, seed: UInt64) {
        var network = Network(shape.layers, seed: seed)
        for tensor in network.layout.tensors where tensor.name.hasPrefix("correction.") {
            for k in tensor.offset..<tensor.offset + tensor.count { network.parameters[k] = 0 }
        }
        self.init(shape, network)
    }

    /// - Precondition: the network has the shape's layers.
    public init(_ shape: Shape, _ network: Network) {
        let layers = shape.layers
        precondition(ParameterLayout(layers) == network.layout, "another network's parameters")
        (self.shape, self.network) = (shape, network)
        core = LayerSequence(Array(layers.entries[..<2]))
        correction = Dense(inputs: layers.entries[1].layer.outputs, outputs: shape.width)
    }

    public static func == (a: SideNetwork, b: SideNetwork) -> Bool { a.shape == b.shape && a.network == b.network }

    /// Where the correction's parameters begin.
    var split: Int { network.layers.parameterPlaces[2].lowerBound }

    /// Memory of a stream.
    struct State: Sendable, Equatable {
        var core: LayerState
        var correction = LayerState()
    }

    func initialState() -> State { State(core: core.initialState(session: 0)) }

    /// U h_N + c of one frame; allocates nothing.
    /// - Parameters:
    ///   - taps: shape `[taps, width]`.
    ///   - correction: `width` values, overwritten.
    func step(_ taps: Span<Float>, state: inout State, into correction: inout MutableSpan<Float>) {
        let parameters = network.parameters.span
        let own = parameters.extracting(0..<split)
        // Depth begins anew with each frame.
        for k in state.core.parts[1].values.indices { state.core.parts[1].values[k] = 0 }
        if shape.isRecurrent {
            for tap in 0..<shape.taps {
                _ = core.step(
                    taps.extracting(tap * shape.width..<(tap + 1) * shape.width), parameters: own, state: &state.core)
            }
        } else {
            _ = core.step(taps, parameters: own, state: &state.core)
        }
        let place = core.places[1]
        state.core.scratch.withUnsafeBufferPointer {
            _ = self.correction.step(
                UnsafeBufferPointer(rebasing: $0[place]).span, parameters: parameters.extracting(split..<parameters.count),
                state: &state.correction, into: &correction)
        }
    }
}
