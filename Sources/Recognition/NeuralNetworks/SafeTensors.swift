public import Failures
public import Foundation

/// A file of named tensors in the safetensors format: 8 bytes of header length, a JSON header, raw little-endian data.
///
/// Only the types that Larmor writes are read: F32 and F64.
///
/// - Source: the format description of the safetensors project, version 0.4 and later.
public struct SafeTensors: Sendable, Equatable {
    public struct Tensor: Sendable, Equatable {
        public var shape: [Int]
        public var values: Values

        public enum Values: Sendable, Equatable {
            case float([Float])
            case double([Double])
        }

        public init(shape: [Int], _ values: [Float]) {
            self.shape = shape
            self.values = .float(values)
        }

        public init(shape: [Int], _ values: [Double]) {
            self.shape = shape
            self.values = .double(values)
        }

        /// The values, if they are 32-bit.
        public var floats: [Float]? { if case .float(let values) = values { values } else { nil } }
        /// The values, if they are 64-bit.
        public var doubles: [Double]? { if case .double(let values) = values { values } else { nil } }
    }

    public struct FileError: Failure, Equatable {
        public var file: String
        public var problem: String
        public var kind: FailureKind { .badInput }

        public var description: String { "\(file): not a usable safetensors file: \(problem)" }
    }

    public var tensors: [String: Tensor]
    public var metadata: [String: String]

    public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The file's bytes; the same content always gives the same bytes.
    public func encoded() throws -> Data {
        var header: [String: Any] = [:]
        if !metadata.isEmpty { header["__metadata__"] = metadata }
        var body = Data()
        for name in tensors.keys.sorted() {
            guard let tensor = tensors[name] else { continue }
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
        // Data begin at a multiple of 8.
        while !json.count.isMultiple(of: 8) { json.append(0x20) }
        var file = Data()
        append(UInt64(json.count), to: &file)
        file.append(json)
        file.append(body)
        return file
    }

    /// - Parameter name: the file's name, for messages.
    /// - Throws: ``FileError`` for anything that is not a complete, consistent file.
    public init(_ data: Data, name: String) throws(FileError) {
        let bytes = [UInt8](data)
        func fail(_ problem: String) -> FileError { FileError(file: name, problem: problem) }
        guard bytes.count >= 8 else { throw fail("it is shorter than the 8 bytes of the header's length") }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        guard length <= 100_000_000, Int(length) <= bytes.count - 8 else {
            throw fail("its header is said to have \(length) bytes, the file has \(bytes.count)")
        }
        let start = 8 + Int(length)
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes[8..<start])),
            let header = object as? [String: Any]
        else { throw fail("its header is not a JSON object") }
        var tensors: [String: Tensor] = [:]
        var metadata: [String: String] = [:]
        for (key, value) in header {
            if key == "__metadata__" {
                guard let texts = value as? [String: String] else { throw fail("its metadata are not texts") }
                metadata = texts
                continue
            }
            guard let entry = value as? [String: Any], let type = entry["dtype"] as? String,
                let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int],
                offsets.count == 2, shape.allSatisfy({ $0 >= 0 && $0 < 1 << 31 }), shape.count <= 8
            else { throw fail("tensor “\(key)” lacks a proper dtype, shape or data_offsets") }
            let size = type == "F32" ? 4 : 8
            guard type == "F32" || type == "F64" else { throw fail("tensor “\(key)” has the type \(type)") }
            var count = size
            for dimension in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
                guard !overflow else { throw fail("tensor “\(key)” is too large") }
                count = product
            }
            guard offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= bytes.count - start,
                offsets[1] - offsets[0] == count
            else { throw fail("tensor “\(key)” does not fit its place in the file") }
            let raw = bytes[start + offsets[0]..<start + offsets[1]]
            tensors[key] = raw.withUnsafeBytes { raw in
                size == 4
                    ? Tensor(shape: shape, (0..<count / 4).map { Float(bitPattern: raw.word(at: 4 * $0)) })
                    : Tensor(shape: shape, (0..<count / 8).map { Double(bitPattern: raw.word(at: 8 * $0)) })
            }
        }
        self.init(tensors: tensors, metadata: metadata)
    }

    private func append(_ word: some FixedWidthInteger, to data: inout Data) {
        withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func word<Word: FixedWidthInteger>(at offset: Int) -> Word {
        Word(littleEndian: loadUnaligned(fromByteOffset: offset, as: Word.self))
    }
}

extension RecurrentNetwork {
    /// All parameters under PyTorch's names.
    public var tensors: [String: SafeTensors.Tensor] {
        Dictionary(
            uniqueKeysWithValues: layout.tensors.map {
                ($0.name, SafeTensors.Tensor(shape: $0.shape, Array(parameters[$0.offset..<$0.offset + $0.count])))
            })
    }

    /// - Throws: ``SafeTensors/FileError`` when a tensor is missing or has another shape.
    public init(shape: Shape, _ file: SafeTensors, name: String) throws(SafeTensors.FileError) {
        var parameters: [Float] = []
        for tensor in ParameterLayout(shape).tensors {
            guard let found = file.tensors[tensor.name], let values = found.floats else {
                throw SafeTensors.FileError(file: name, problem: "it has no 32-bit tensor “\(tensor.name)”")
            }
            guard found.shape == tensor.shape else {
                throw SafeTensors.FileError(
                    file: name, problem: "“\(tensor.name)” has the shape \(found.shape), expected \(tensor.shape)")
            }
            parameters += values
        }
        self.init(shape: shape, parameters: parameters)
    }
}
