public import Failures

/// A network as a graph of ONNX operators, for other programs: sequences `[time, batch, features]` in, logits out.
///
/// - Source: ONNX 1.13, `onnx.proto` (numbers of fields) and `Operators.md`, operator set 17.
public struct ONNXGraph {
    /// A layer that has no counterpart.
    public struct ExportError: Failure, Equatable {
        public var problem: String
        public var kind: FailureKind { .badInput }
        public var description: String { "cannot be written as ONNX: \(problem)" }
    }

    /// An attribute of a node.
    enum Attribute {
        case int(Int)
        case float(Float)
        case ints([Int])
        case text(String)

        func message(_ name: String) -> ProtocolBuffer {
            ProtocolBuffer { attribute in
                attribute.add(1, name)
                switch self {
                case .float(let value):
                    attribute.add(2, value)
                    attribute.add(20, 1)
                case .int(let value):
                    attribute.add(3, value)
                    attribute.add(20, 2)
                case .text(let value):
                    attribute.add(4, value)
                    attribute.add(20, 3)
                case .ints(let values):
                    for value in values { attribute.add(8, value) }
                    attribute.add(20, 7)
                }
            }
        }
    }

    private static let operatorSet = 17
    private static let formatVersion = 8
    private static let input = "features"
    private static let output = "logits"

    private var nodes: [ProtocolBuffer] = []
    private var constants: [ProtocolBuffer] = []
    private var count = 0

    /// The file's bytes.
    public let bytes: [UInt8]

    /// - Parameters:
    ///   - network: what is written.
    ///   - mean: taken off the features first, which are then divided by `deviation` and kept within ±6, as a recogniser does.
    ///   - deviation: one for each feature.
    ///   - producer: program and version.
    ///   - metadata: texts that other programs show.
    /// - Throws: ``ExportError`` for a layer that has no counterpart.
    public init(
        _ network: Network, mean: [Float], deviation: [Float], producer: (name: String, version: String),
        metadata: [String: String]
    ) throws(ExportError) {
        var graph = ONNXGraph()
        let width = network.inputs
        let centred = graph.add("Sub", [Self.input, graph.constant([width], mean)])
        let scaled = graph.add("Div", [centred, graph.constant([width], deviation)])
        let clipped = graph.add("Clip", [scaled, graph.constant([], [-6]), graph.constant([], [6])])
        let last = try graph.add(network.layers, network.parameters[...], clipped)
        graph.add("Identity", [last], to: Self.output)
        bytes = graph.file(network, producer, metadata)
    }

    private init() { bytes = [] }

    // MARK: Building

    mutating func add(_ layers: LayerSequence, _ parameters: ArraySlice<Float>, _ input: String) throws(ExportError) -> String {
        var value = input
        for (k, entry) in layers.entries.enumerated() where !entry.layer.isOnlyForTraining {
            guard let layer = entry.layer as? any ONNXLayer else {
                throw ExportError(problem: "the layer “\(entry.name)” (\(type(of: entry.layer).declaration.name))")
            }
            guard layer.groups == 1 || layer is TemporalConvolution else {
                throw ExportError(problem: "the layer “\(entry.name)” has \(layer.groups) groups")
            }
            let place = layers.parameterPlaces[k]
            let own = Array(parameters[(parameters.startIndex + place.lowerBound)..<(parameters.startIndex + place.upperBound)])
            value = try layer.addNodes(to: &self, own, input: value)
        }
        return value
    }

    /// - Returns: the name of what comes out.
    @discardableResult
    mutating func add(
        _ operation: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [], to name: String? = nil
    ) -> String {
        let output = name ?? unique()
        nodes.append(
            ProtocolBuffer { node in
                for input in inputs { node.add(1, input) }
                node.add(2, output)
                node.add(3, "\(operation).\(nodes.count)")
                node.add(4, operation)
                for (name, value) in attributes { node.add(5, value.message(name)) }
            })
        return output
    }

    mutating func constant(_ shape: [Int], _ values: [Float]) -> String {
        var raw: [UInt8] = []
        raw.reserveCapacity(4 * values.count)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { raw += $0 } }
        return constant(shape, type: 1, raw)
    }

    mutating func constant(integers values: [Int]) -> String {
        constant(
            [values.count], type: 7, values.flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) } })
    }

    private mutating func constant(_ shape: [Int], type: Int, _ raw: [UInt8]) -> String {
        let name = unique()
        constants.append(
            ProtocolBuffer { tensor in
                for size in shape { tensor.add(1, size) }
                tensor.add(2, type)
                tensor.add(8, name)
                tensor.add(9, raw)
            })
        return name
    }

    private mutating func unique() -> String {
        count += 1
        return "v\(count)"
    }

    // MARK: The file

    private func file(_ network: Network, _ producer: (name: String, version: String), _ metadata: [String: String]) -> [UInt8]
    {
        let graph = ProtocolBuffer { graph in
            for node in nodes { graph.add(1, node) }
            graph.add(2, "recogniser")
            for constant in constants { graph.add(5, constant) }
            graph.add(11, Self.value(Self.input, network.inputs, time: "time"))
            graph.add(12, Self.value(Self.output, network.outputs, time: "frames"))
        }
        return ProtocolBuffer { model in
            model.add(1, Self.formatVersion)
            model.add(2, producer.name)
            model.add(3, producer.version)
            model.add(7, graph)
            model.add(8, ProtocolBuffer { $0.add(2, Self.operatorSet) })
            for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
                model.add(
                    14,
                    ProtocolBuffer { entry in
                        entry.add(1, key)
                        entry.add(2, text)
                    })
            }
        }.bytes
    }

    /// A value of shape `[time, batch, features]`.
    private static func value(_ name: String, _ features: Int, time: String) -> ProtocolBuffer {
        let shape = ProtocolBuffer { shape in
            shape.add(1, ProtocolBuffer { $0.add(2, time) })
            shape.add(1, ProtocolBuffer { $0.add(2, "batch") })
            shape.add(1, ProtocolBuffer { $0.add(1, features) })
        }
        let tensor = ProtocolBuffer { tensor in
            tensor.add(1, 1)
            tensor.add(2, shape)
        }
        return ProtocolBuffer { value in
            value.add(1, name)
            value.add(2, ProtocolBuffer { $0.add(1, tensor) })
        }
    }
}
