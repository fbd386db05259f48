/// The preset `words`: a stack of causal recurrent layers and one linear layer, for a handful of whole words.
///
///     gru.0, dropout.0, gru.1, dropout.1, …, output
///
/// With `sessions`, an affine layer of its own for each session stands before them (``SessionInput``).
public struct WordsShape: Sendable, Equatable, Codable {
    public var inputs: Int
    public var hidden: Int
    /// Recurrent layers.
    public var layers: Int
    /// Number of units, blank included.
    public var outputs: Int
    /// Sessions with an input layer of their own; nil for none.
    public var sessions: Int?

    /// - Precondition: all sizes are at least 1.
    public init(inputs: Int, hidden: Int, layers: Int, outputs: Int) {
        precondition(inputs > 0 && hidden > 0 && layers > 0 && outputs > 0, "all sizes must be at least 1")
        self.inputs = inputs
        self.hidden = hidden
        self.layers = layers
        self.outputs = outputs
    }

    /// With an input layer for each of so many sessions; nil for none.
    public func having(sessions: Int?) -> WordsShape {
        var copy = self
        copy.sessions = sessions
        return copy
    }

    /// - Parameter dropout: after each recurrent layer in training, in [0, 1).
    public func sequence(dropout: Float = 0) -> LayerSequence {
        var entries: [LayerSequence.Entry] = []
        if let sessions { entries.append(.init("session", SessionInput(features: inputs, sessions: sessions))) }
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
