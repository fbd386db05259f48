/// The preset `teacher`: reads a whole sound forwards and backwards, so it knows where each label stands. Other trainings align their
/// texts with it; it cannot run live.
///
///     convolution, rectifier, gru.0, dropout.0, gru.1, dropout.1, …, output
public struct TeacherShape: Sendable, Equatable, Codable {
    /// Features per frame.
    public var inputs: Int
    /// Units of each recurrent layer and direction.
    public var hidden: Int
    /// Bidirectional recurrent layers.
    public var layers: Int
    /// Number of units, blank included.
    public var outputs: Int

    /// - Precondition: all sizes are at least 1.
    public init(inputs: Int, hidden: Int, layers: Int, outputs: Int) {
        precondition(inputs > 0 && hidden > 0 && layers > 0 && outputs > 0, "all sizes must be at least 1")
        (self.inputs, self.hidden, self.layers, self.outputs) = (inputs, hidden, layers, outputs)
    }

    /// - Parameter dropout: after each recurrent layer in training, in [0, 1).
    public func sequence(dropout: Float = 0) -> LayerSequence {
        var entries: [LayerSequence.Entry] = [
            .init(
                "convolution", TemporalConvolution(inputs: inputs, outputs: hidden, kernel: 5, stride: 2, lookAhead: 2)),
            .init("rectifier", Activation(.rectifier, features: hidden)),
        ]
        for place in 0..<layers {
            let width = place == 0 ? hidden : 2 * hidden
            entries.append(
                .init("gru.\(place)", module: "gru", BidirectionalGRU(inputs: width, hidden: hidden, place: place)))
            entries.append(.init("dropout.\(place)", Dropout(features: 2 * hidden, rate: dropout)))
        }
        entries.append(.init("output", Dense(inputs: 2 * hidden, outputs: outputs)))
        return LayerSequence(entries)
    }
}
