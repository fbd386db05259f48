public import Foundation

extension SafeTensors {
    /// The file's bytes; the same content always gives the same bytes. Tensors stand in the order of their names.
    public func encoded() throws -> Data {
        var header: [String: Any] = [:]
        if !metadata.isEmpty { header[Self.metadataKey] = metadata }
        var body = Data()
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let start = body.count
            switch tensor.values {
            case .float(let values): for value in values { append(value.bitPattern, to: &body) }
            case .double(let values): for value in values { append(value.bitPattern, to: &body) }
            }
            header[name] = [
                "dtype": tensor.floats != nil ? "F32" : "F64", "shape": tensor.shape,
                "data_offsets": [start, body.count],
            ]
        }
        var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
        // The data begin at a multiple of 8 bytes, as the format recommends.
        while !json.count.isMultiple(of: 8) { json.append(0x20) }
        var file = Data()
        append(UInt64(json.count), to: &file)
        file.append(json)
        file.append(body)
        return file
    }

    private func append(_ word: some FixedWidthInteger, to data: inout Data) {
        withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }
}
