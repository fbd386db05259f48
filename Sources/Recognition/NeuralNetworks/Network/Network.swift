import Signals

/// A sequence of layers and their parameters: frames of features in, frames of logits out.
///
/// All parameters lie in one flat array, so that an optimiser, a sum of gradients and a file see one vector; `layout` names
/// the parts. Outputs of the layers between can be tapped by their names, in batches and in streams.
///
/// Two networks are equal when they have the same tensors with the same values.
public struct Network: Sendable, Equatable {
    /// The output of a layer between, to be read beside the network's own.
    public struct Tap: Sendable, Hashable {
        let layer: Int
        /// Values per frame.
        public let outputs: Int
    }

    /// What is computed.
    public let layers: LayerSequence
    /// Where each tensor is in the flat array of parameters.
    public let layout: ParameterLayout
    /// All parameters, in the order of `layout`.
    public var parameters: [Float]

    /// Random parameters as PyTorch draws them; the same for the same seed.
    public init(_ layers: LayerSequence, seed: UInt64) {
        self.layers = layers
        layout = ParameterLayout(layers)
        var random = SplitMix64(seed: seed)
        parameters = layers.parameters.flatMap { Self.values(of: $0, &random) }
    }

    /// - Precondition: as many parameters as the layers need.
    public init(_ layers: LayerSequence, parameters: [Float]) {
        self.layers = layers
        layout = ParameterLayout(layers)
        precondition(parameters.count == layout.count, "the layers need \(layout.count) parameters")
        self.parameters = parameters
    }

    public var inputs: Int { layers.inputs }
    public var outputs: Int { layers.outputs }

    /// The output of the layer of this name; nil when there is none.
    public func tap(_ name: String) -> Tap? {
        layers.index(of: name).map { Tap(layer: $0, outputs: layers.entries[$0].layer.outputs) }
    }

    public static func == (a: Network, b: Network) -> Bool { a.layout == b.layout && a.parameters == b.parameters }

    private static func values(of parameter: LayerParameter, _ random: inout SplitMix64) -> [Float] {
        switch parameter.initial {
        case .uniform(let bound): return (0..<parameter.count).map { _ in (2 * random.uniformFloat() - 1) * bound }
        case .constant(let value): return [Float](repeating: value, count: parameter.count)
        case .identity:
            let rows = parameter.shape[parameter.shape.count - 2]
            let columns = parameter.shape[parameter.shape.count - 1]
            return (0..<parameter.count).map { $0 / columns % rows == $0 % columns ? 1 : 0 }
        }
    }
}
