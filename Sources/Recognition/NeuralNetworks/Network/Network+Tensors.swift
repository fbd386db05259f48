public import TensorFiles

extension Network {
    /// All parameters under PyTorch's names.
    public var tensors: [String: SafeTensors.Tensor] {
        Dictionary(
            uniqueKeysWithValues: layout.tensors.map {
                ($0.name, SafeTensors.Tensor(shape: $0.shape, Array(parameters[$0.offset..<$0.offset + $0.count])))
            })
    }

    /// - Parameters:
    ///   - layers: what the network computes.
    ///   - file: holds its tensors.
    ///   - name: the file's name, for messages.
    /// - Throws: `SafeTensors.FileError` when a tensor is missing or has another shape.
    public init(_ layers: LayerSequence, _ file: SafeTensors, name: String) throws(SafeTensors.FileError) {
        var parameters: [Float] = []
        for tensor in ParameterLayout(layers).tensors {
            parameters += try file.floats(tensor.name, shape: tensor.shape, file: name)
        }
        self.init(layers, parameters: parameters)
    }
}
