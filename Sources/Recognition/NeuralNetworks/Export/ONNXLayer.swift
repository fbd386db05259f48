/// A layer that ONNX has operators for.
protocol ONNXLayer: Layer {
    /// - Parameters:
    ///   - parameters: the layer's.
    ///   - input: name of a value of shape `[time, batch, inputs]`.
    /// - Returns: name of the value of shape `[time, batch, outputs]` that comes out.
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) throws(ONNXGraph.ExportError) -> String
}

extension Dense: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String {
        graph.addAffine(parameters, inputs: inputs, outputs: outputs, input)
    }
}

extension SessionInput: ONNXLayer {
    /// Of the first session.
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String {
        let count = inputs * inputs
        let own = Array(parameters[..<count]) + parameters[(sessions * count)..<(sessions * count + inputs)]
        return graph.addAffine(own, inputs: inputs, outputs: inputs, input)
    }
}

extension Activation: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String {
        switch function {
        case .rectifier: graph.add("Relu", [input])
        case .softsign: graph.add("Softsign", [input])
        case .tanh: graph.add("Tanh", [input])
        }
    }
}

extension Dropout: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String { input }
}

extension LayerNormalisation: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String {
        graph.add(
            "LayerNormalization",
            [
                input, graph.constant([inputs], Array(parameters[..<inputs])),
                graph.constant([inputs], Array(parameters[inputs...])),
            ],
            [("axis", .int(-1)), ("epsilon", .float(Self.epsilon))])
    }
}

extension ResidualBlock: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) throws(ONNXGraph.ExportError) -> String {
        graph.add("Add", [input, try graph.add(body, parameters[...], input)])
    }
}

extension TemporalConvolution: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String {
        let weight = graph.constant([outputs, inputs / groups, kernel], Array(parameters[..<biasOffset]))
        let bias = graph.constant([outputs], Array(parameters[biasOffset...]))
        let channelsFirst = graph.add("Transpose", [input], [("perm", .ints([1, 2, 0]))])
        let result = graph.add(
            "Conv", [channelsFirst, weight, bias],
            [
                ("group", .int(groups)), ("kernel_shape", .ints([kernel])), ("pads", .ints([kernel - 1 - ahead, ahead])),
                ("strides", .ints([stride])),
            ])
        return graph.add("Transpose", [result], [("perm", .ints([2, 0, 1]))])
    }
}

extension TimeFrequencyConvolution: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String {
        let weight = graph.constant([planes, channels, kernel, bandKernel], Array(parameters[..<biasOffset]))
        let bias = graph.constant([planes], Array(parameters[biasOffset...]))
        let image = graph.add("Reshape", [input, graph.constant(integers: [0, 0, bands, channels])])
        let channelsFirst = graph.add("Transpose", [image], [("perm", .ints([1, 3, 0, 2]))])
        let side = bandKernel / 2
        let result = graph.add(
            "Conv", [channelsFirst, weight, bias],
            [
                ("kernel_shape", .ints([kernel, bandKernel])), ("pads", .ints([kernel - 1 - ahead, side, ahead, side])),
                ("strides", .ints([stride, bandStride])),
            ])
        let back = graph.add("Transpose", [result], [("perm", .ints([2, 0, 3, 1]))])
        return graph.add("Reshape", [back, graph.constant(integers: [0, 0, outputs])])
    }
}

extension GRU: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String {
        let result = graph.addRecurrent([(self, parameters)], input)
        return graph.add("Squeeze", [result, graph.constant(integers: [1])])
    }

    /// Parts of a tensor whose first axis has the gates r, z, n in ONNX's order z, r, n.
    fileprivate func reordered(_ values: ArraySlice<Float>) -> [Float] {
        let part = values.count / 3
        let all = Array(values)
        return Array(all[part..<2 * part]) + all[..<part] + all[(2 * part)...]
    }

    fileprivate func onnxTensors(_ parameters: [Float]) -> (w: [Float], r: [Float], b: [Float]) {
        let (u, b, c) = offsets
        return (
            reordered(parameters[..<u]), reordered(parameters[u..<b]),
            reordered(parameters[b..<c]) + reordered(parameters[c...])
        )
    }
}

extension BidirectionalGRU: ONNXLayer {
    func addNodes(to graph: inout ONNXGraph, _ parameters: [Float], input: String) -> String {
        let middle = forwards.parameters.reduce(0) { $0 + $1.count }
        let result = graph.addRecurrent(
            [(forwards, Array(parameters[..<middle])), (backwards, Array(parameters[middle...]))], input)
        let together = graph.add("Transpose", [result], [("perm", .ints([0, 2, 1, 3]))])
        return graph.add("Reshape", [together, graph.constant(integers: [0, 0, outputs])])
    }
}

extension ONNXGraph {
    /// y = W x + b for parameters W, b.
    mutating func addAffine(_ parameters: [Float], inputs: Int, outputs: Int, _ input: String) -> String {
        var transposed = [Float](repeating: 0, count: inputs * outputs)
        for o in 0..<outputs { for i in 0..<inputs { transposed[i * outputs + o] = parameters[o * inputs + i] } }
        let product = add("MatMul", [input, constant([inputs, outputs], transposed)])
        return add("Add", [product, constant([outputs], Array(parameters[(inputs * outputs)...]))])
    }

    /// Directions of a recurrent layer; what comes out has the shape `[time, directions, batch, hidden]`.
    mutating func addRecurrent(_ directions: [(layer: GRU, parameters: [Float])], _ input: String) -> String {
        let (hidden, inputs) = (directions[0].layer.hidden, directions[0].layer.inputs)
        let tensors = directions.map { $0.layer.onnxTensors($0.parameters) }
        let count = directions.count
        let direction = count == 2 ? "bidirectional" : directions[0].layer.isReverse ? "reverse" : "forward"
        return add(
            "GRU",
            [
                input, constant([count, 3 * hidden, inputs], tensors.flatMap(\.w)),
                constant([count, 3 * hidden, hidden], tensors.flatMap(\.r)),
                constant([count, 6 * hidden], tensors.flatMap(\.b)),
            ],
            [("direction", .text(direction)), ("hidden_size", .int(hidden)), ("linear_before_reset", .int(1))])
    }
}
