/// Layers one after the other, each with a name: what a network and a ``ResidualBlock`` are made of.
public struct LayerSequence: Sendable {
    /// A layer and its name.
    public struct Entry: Sendable {
        /// Of the layer's output, to tap it; unique in the sequence.
        public let name: String
        /// What stands before the names of the layer's tensors: PyTorch's name of the module.
        public let module: String
        public let layer: any Layer

        /// - Parameters:
        ///   - name: of the layer's output; unique in the sequence.
        ///   - module: nil when it is the name. Two layers of one PyTorch stack share a module.
        ///   - layer: what is computed.
        public init(_ name: String, module: String? = nil, _ layer: any Layer) {
            (self.name, self.module, self.layer) = (name, module ?? name, layer)
        }
    }

    /// Layers with their names, in the order of the data.
    public let entries: [Entry]
    /// Input frames per output frame.
    public let stride: Int
    /// Input frames after its own on which an output frame depends; nil when the sequence cannot run in a stream.
    public let lookAhead: Int?
    /// Where each layer's parameters lie.
    let parameterPlaces: [Range<Int>]
    /// Where each layer's output lies in the scratch memory of a stream's state; a layer that is passed by has the place of the one
    /// before.
    let places: [Range<Int>]
    private let isPassedBy: [Bool]
    /// Frames that each layer waits for: its look-ahead.
    private let waits: [Int]

    /// - Precondition: at least one layer; each has as many inputs as the one before has outputs; names are unique.
    public init(_ entries: [Entry]) {
        precondition(!entries.isEmpty, "a sequence has layers")
        precondition(Set(entries.map(\.name)).count == entries.count, "names of layers are unique")
        self.entries = entries
        var (stride, lookAhead): (Int, Int?) = (1, 0)
        var (parameterPlaces, places): ([Range<Int>], [Range<Int>]) = ([], [])
        // The first layer has none before it whose place it could share.
        isPassedBy = entries.indices.map { $0 > 0 && entries[$0].layer.isOnlyForTraining }
        for (k, entry) in entries.enumerated() {
            let layer = entry.layer
            precondition(
                k == 0 || entries[k - 1].layer.outputs == layer.inputs,
                "\(entry.name) takes \(layer.inputs) features and gets \(entries[max(0, k - 1)].layer.outputs)")
            if let sum = lookAhead, let own = layer.lookAhead { lookAhead = sum + own * stride } else { lookAhead = nil }
            stride *= layer.stride
            let (first, start) = (parameterPlaces.last?.upperBound ?? 0, places.last?.upperBound ?? 0)
            parameterPlaces.append(first..<first + layer.parameters.reduce(0) { $0 + $1.count })
            places.append(isPassedBy[k] ? places[k - 1] : start..<start + layer.outputs)
        }
        (self.stride, self.lookAhead) = (stride, lookAhead)
        (self.parameterPlaces, self.places) = (parameterPlaces, places)
        waits = entries.map { $0.layer.lookAhead ?? 0 }
    }

    /// Features per frame of the first layer.
    public var inputs: Int { entries[0].layer.inputs }
    /// Features per frame of the last layer.
    public var outputs: Int { entries[entries.count - 1].layer.outputs }

    /// Parameters of all layers, in their order; a name is the module's, a point, and the layer's own.
    public var parameters: [LayerParameter] {
        entries.flatMap { entry in
            entry.layer.parameters.map {
                LayerParameter(entry.module + "." + $0.name, $0.shape, decays: $0.decays, initial: $0.initial)
            }
        }
    }

    /// The layer of this name.
    public func index(of name: String) -> Int? { entries.firstIndex { $0.name == name } }

    // MARK: In a stream

    func initialState(session: Int) -> LayerState {
        LayerState(
            scratch: places.last?.upperBound ?? 0, session: session,
            parts: entries.map { $0.layer.initialState(session: session) })
    }

    /// Takes one frame; what comes out of each layer stands at its place of the state's scratch memory.
    /// - Returns: whether a frame came out of the last layer.
    func step(_ input: Span<Float>, parameters: Span<Float>, state: inout LayerState) -> Bool {
        state.frames += 1
        return run(from: 0, input, parameters, &state.parts, &state.scratch)
    }

    /// How often `flush` has to be called after the last frame for all frames to come out.
    var flushes: Int { waits.reduce(0, +) }

    /// The sequence has ended: finishes a frame that one of the layers holds back, first those of the first layer.
    /// - Parameter turn: 0 ..< `flushes`, one after the other.
    func flush(_ turn: Int, parameters: Span<Float>, state: inout LayerState) -> Bool {
        var turn = turn
        for k in waits.indices {
            if turn < waits[k] { return run(from: k, parameters.extracting(0..<0), parameters, &state.parts, &state.scratch) }
            turn -= waits[k]
        }
        return false
    }

    private func run(
        from first: Int, _ input: Span<Float>, _ parameters: Span<Float>, _ parts: inout [LayerState],
        _ scratch: inout [Float]
    ) -> Bool {
        scratch.withUnsafeMutableBufferPointer { all in
            for k in first..<entries.count where !isPassedBy[k] {
                var output = UnsafeMutableBufferPointer(rebasing: all[places[k]]).mutableSpan
                let own = parameters.extracting(parameterPlaces[k])
                let came: Bool
                if k == first {
                    came = entries[k].layer.step(input, parameters: own, state: &parts[k], into: &output)
                } else {
                    let before = UnsafeBufferPointer(rebasing: all[places[k - 1]]).span
                    came = entries[k].layer.step(before, parameters: own, state: &parts[k], into: &output)
                }
                guard came else { return false }
            }
            return true
        }
    }
}
