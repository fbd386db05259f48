public import Signals

/// A layer of a network: frames of features in, frames of features out. A value without parameters of its own: these lie in the
/// network's flat array, and the layer says how many, under which names, and where they begin.
///
/// A new layer is one file: its declaration (formula, tensors, source), its sizes, its parameters, `step` for a running stream and a
/// ``LayerPass`` for batches. `Tests/NeuralNetworksTests/Support/LayerConformance.swift` then checks its gradient, that frames one
/// by one give what the whole sequence gives, and that padding changes nothing.
public protocol Layer: Sendable {
    static var declaration: LayerDeclaration { get }

    /// Features per frame.
    var inputs: Int { get }
    var outputs: Int { get }

    /// m members of equal size side by side: member g reads the g-th m-th of the inputs and writes the g-th m-th of the outputs. The
    /// members' parameters lie one after the other along the first axis of each tensor, as in a grouped convolution.
    var groups: Int { get }

    /// Input frames per output frame; a sequence of T frames becomes ⌈T / stride⌉.
    var stride: Int { get }

    /// Input frames after output frame j's own, j · stride, on which it depends: 0 for a causal layer, nil when it needs the whole
    /// sequence and so cannot run in a stream.
    var lookAhead: Int? { get }

    /// Whether the layer changes nothing outside of training; a stream then passes it by.
    var isOnlyForTraining: Bool { get }

    /// In the order in which they lie in the flat array.
    var parameters: [LayerParameter] { get }

    /// Forward and backward over batches, with memory of its own.
    func makePass() -> any LayerPass

    /// What the layer remembers before the first frame.
    /// - Parameter session: index for layers that differ from session to session; others ignore it.
    func initialState(session: Int) -> LayerState

    /// Takes one frame of a stream; allocates nothing.
    /// - Parameters:
    ///   - input: `inputs` values; empty when the sequence has ended, once for each frame of `lookAhead`.
    ///   - parameters: this layer's.
    ///   - state: updated.
    ///   - output: `outputs` values, overwritten when a frame comes out.
    /// - Returns: whether an output frame came out. A layer with look-ahead gives its first one later, one with a stride not always.
    func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool
}

extension Layer {
    public var groups: Int { 1 }
    public var stride: Int { 1 }
    public var lookAhead: Int? { 0 }
    public var isOnlyForTraining: Bool { false }
    public var parameters: [LayerParameter] { [] }
    public func initialState(session: Int) -> LayerState { LayerState() }
}

/// Forward and backward of one layer over batches of sequences, with the memory that backward needs. Used by one thread at a time.
///
/// All arrays lie `[time][batch][features]`, see ``SequenceBatch``. What stands in padded frames of an input is arbitrary but finite;
/// it must reach no real frame of the output. Gradients are zero in padded frames, on the way in and on the way out.
public protocol LayerPass: AnyObject {
    /// - Parameters:
    ///   - input: shape `[batch.rows, inputs]`, at least one row.
    ///   - batch: lengths of the sequences.
    ///   - parameters: the layer's.
    ///   - context: what the pass is for.
    ///   - output: shape `[rows after the stride, outputs]`, overwritten.
    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>)

    /// Goes back through the last `forward`.
    /// - Parameters:
    ///   - outputGradient: ∂L/∂output.
    ///   - input: that of `forward`.
    ///   - output: that of `forward`.
    ///   - batch: that of `forward`.
    ///   - parameters: those of `forward`.
    ///   - parameterGradient: the layer's; added to.
    ///   - inputGradient: ∂L/∂input, overwritten; empty when nobody needs it.
    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>)
}

/// What a forward pass is for.
public struct ForwardContext: Sendable {
    /// Whether layers that are random in training are random now.
    public var isTraining: Bool
    /// Where they draw from, one after the other.
    public var random: SplitMix64

    public init(isTraining: Bool, seed: UInt64 = 0) {
        self.isTraining = isTraining
        random = SplitMix64(seed: seed)
    }
}

extension SplitMix64 {
    /// Uniform in [0, 1) with 24 random bits, all that a `Float` holds.
    mutating func uniformFloat() -> Float { Float(next() >> 40) * 0x1p-24 }
}

/// What a layer remembers between the frames of a stream, and the memory that a step works in.
///
/// A value: a copy is a branch of the same stream. Two states are equal when they remember the same; scratch memory does not count.
public struct LayerState: Sendable, Equatable {
    /// The layer's memory, in an order of its own.
    public internal(set) var values: [Float]
    /// Frames that went in, for layers that count them.
    public internal(set) var frames = 0
    public let session: Int
    /// States of the layers inside.
    public internal(set) var parts: [LayerState]
    var scratch: [Float]

    init(values: Int = 0, scratch: Int = 0, session: Int = 0, parts: [LayerState] = []) {
        self.values = [Float](repeating: 0, count: values)
        self.scratch = [Float](repeating: 0, count: scratch)
        self.session = session
        self.parts = parts
    }

    public static func == (a: LayerState, b: LayerState) -> Bool {
        a.values == b.values && a.frames == b.frames && a.session == b.session && a.parts == b.parts
    }
}
