/// The preset `live`: a causal network for running speech. A convolution halves the frame rate; residual recurrent blocks
/// follow, each with a norm before it; a norm and a linear layer end it.
///
///     convolution, rectifier, context, block.0 … block.(n − 1), norm, output
///     block: y = x + dropout(gru(norm(x)))            or the paths of a collegial ensemble in place of gru
///
/// With `planes`, convolutions over time and frequency stand before them, each with half the bands of the one before. The output of
/// `rectifier` and of each block are taps.
///
/// Look-ahead at 100 input frames a second: 20 ms in `convolution`, 20 ms in `context`, 10 ms in `spectrum.0`; with a window of 25 ms,
/// of which 15 ms lie beyond the frame's own 10 ms, and a wait of up to 10 ms for the second frame of a pair, at most 75 ms.
public struct LiveShape: Sendable, Equatable, Codable {
    public var inputs: Int
    /// Features between the layers.
    public var width: Int
    /// Residual recurrent blocks, at least 1; five make six taps.
    public var blocks: Int
    /// Number of units, blank included.
    public var outputs: Int
    /// Channels of each convolution over time and frequency in front, for inputs that are bands of a spectrum; empty for none.
    public var planes: [Int]
    /// Each block's recurrent layer as an ensemble of narrow paths; nil for one layer of the whole width.
    public var ensemble: RecurrentPaths?

    /// - Precondition: sizes are at least 1.
    public init(
        inputs: Int, width: Int = 192, blocks: Int = 5, outputs: Int, planes: [Int] = [],
        ensemble: RecurrentPaths? = nil
    ) {
        precondition(
            inputs > 0 && width > 0 && blocks > 0 && outputs > 0 && planes.allSatisfy { $0 > 0 },
            "all sizes must be at least 1")
        (self.inputs, self.width, self.blocks) = (inputs, width, blocks)
        (self.outputs, self.planes, self.ensemble) = (outputs, planes, ensemble)
    }

    /// - Parameter dropout: in each block in training, in [0, 1).
    public func sequence(dropout: Float = 0) -> LayerSequence {
        var entries: [LayerSequence.Entry] = []
        var (bands, channels) = (inputs, 1)
        for (k, planes) in planes.enumerated() {
            let spectrum = TimeFrequencyConvolution(
                bands: bands, channels: channels, planes: planes, kernel: 3, bandKernel: 3, bandStride: 2,
                lookAhead: k == 0 ? 1 : 0)
            entries.append(.init("spectrum.\(k)", spectrum))
            entries.append(.init("spectrum.\(k).rectifier", Activation(.rectifier, features: spectrum.outputs)))
            (bands, channels) = (spectrum.outputBands, planes)
        }
        let features = bands * channels
        entries += [
            .init(
                "convolution", TemporalConvolution(inputs: features, outputs: width, kernel: 5, stride: 2, lookAhead: 2)),
            .init("rectifier", Activation(.rectifier, features: width)),
            .init(
                "context",
                ResidualBlock(
                    LayerSequence([
                        .init("norm", LayerNormalisation(features: width)),
                        .init(
                            "convolution",
                            TemporalConvolution(inputs: width, outputs: width, kernel: 5, lookAhead: 1)),
                        .init("rectifier", Activation(.rectifier, features: width)),
                    ]))),
        ]
        entries += (0..<blocks).map { .init("block.\($0)", block(dropout)) }
        entries += [
            .init("norm", LayerNormalisation(features: width)), .init("output", Dense(inputs: width, outputs: outputs)),
        ]
        return LayerSequence(entries)
    }

    private func block(_ dropout: Float) -> ResidualBlock {
        let recurrent =
            ensemble.map { $0.block(features: width).sequence().entries }
            ?? [.init("gru", GRU(inputs: width, hidden: width))]
        return ResidualBlock(
            LayerSequence(
                [.init("norm", LayerNormalisation(features: width))] + recurrent
                    + [.init("dropout", Dropout(features: width, rate: dropout))]))
    }

    /// The layers whose outputs are of use beside the network's own: the convolution and each block.
    public var taps: [String] { ["rectifier"] + (0..<blocks).map { "block.\($0)" } }

    /// What a ``SideNetwork`` reads: layers of one width behind the last look-ahead, so that in a stream they are of the same frame.
    public var sideTaps: [String] { ["context"] + (0..<blocks).map { "block.\($0)" } }
}
