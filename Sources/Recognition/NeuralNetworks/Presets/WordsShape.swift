/// The preset `words`: a stack of causal recurrent layers and one linear layer, for a handful of whole words.
///
///     gru.0, dropout.0, gru.1, dropout.1, …, output
public struct WordsShape: Sendable, Equatable, Codable {
    public var inputs: Int
    public var hidden: Int
    /// Recurrent layers.
    public var layers: Int
    /// Number of units, blank included.
    public var outputs: Int

    /// - Precondition: all sizes are at least 1.
    public init(inputs: Int, hidden: Int, layers: Int, outputs: Int) {
        precondition(inputs > 0 && hidden > 0 && layers > 0 && outputs > 0, "all sizes must be at least 1")
        self.inputs = inputs
        self.hidden = hidden
        self.layers = layers
        self.outputs = outputs
    }

    /// - Parameter dropout: after each recurrent layer in training, in [0, 1).
    public func sequence(dropout: Float = 0) -> LayerSequence {
        var entries: [LayerSequence.Entry] = []
        for place in 0..<layers {
            let width = place == 0 ? inputs : hidden
            entries.append(.init("gru.\(place)", module: "gru", GRU(inputs: width, hidden: hidden, place: place)))
            entries.append(.init("dropout.\(place)", Dropout(features: hidden, rate: dropout)))
        }
        entries.append(.init("output", Dense(inputs: hidden, outputs: outputs)))
        return LayerSequence(entries)
    }

    /// What a ``SideNetwork`` reads.
    public var sideTaps: [String] { (0..<layers).map { "gru.\($0)" } }
}
