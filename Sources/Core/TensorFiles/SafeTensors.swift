public import Failures
import Texts

/// Named tensors as a file in the safetensors format: 8 bytes of header length, a JSON header, raw little-endian data.
///
/// For: the weights of models and readouts, which open in Python as they are. Not for: data that do not fit in memory.
/// Only the types that Larmor writes are read: `F32` and `F64`.
///
/// - Source: the format description of the safetensors project (Hugging Face), version 0.4 and later.
public struct SafeTensors: Sendable, Equatable {
    /// An array of numbers with its shape.
    public struct Tensor: Sendable, Equatable {
        /// Sizes along each axis; the last axis is the fastest.
        public var shape: [Int]
        /// In row-major order, as many as the shape says.
        public var values: Values

        /// The numbers, 32-bit or 64-bit.
        public enum Values: Sendable, Equatable {
            case float([Float])
            case double([Double])
        }

        /// - Precondition: as many values as the shape has.
        public init(shape: [Int], _ values: [Float]) {
            precondition(shape.reduce(1, *) == values.count, "a tensor has as many values as its shape says")
            self.shape = shape
            self.values = .float(values)
        }

        /// - Precondition: as many values as the shape has.
        public init(shape: [Int], _ values: [Double]) {
            precondition(shape.reduce(1, *) == values.count, "a tensor has as many values as its shape says")
            self.shape = shape
            self.values = .double(values)
        }

        /// The values, if they are 32-bit.
        public var floats: [Float]? { if case .float(let values) = values { values } else { nil } }
        /// The values, if they are 64-bit.
        public var doubles: [Double]? { if case .double(let values) = values { values } else { nil } }
    }

    /// Why bytes are no usable safetensors file, or lack what was asked for.
    public struct FileError: Failure, Equatable {
        /// Path of the file.
        public var file: String
        /// What was expected and what was found.
        public var problem: String

        public init(file: String, problem: String) {
            self.file = file
            self.problem = problem
        }

        public var kind: FailureKind { .badInput }

        /// What the file says is shown without control characters.
        public var description: String { "\(file): not a usable safetensors file: \(ForeignText.line(problem))" }
    }

    /// By their names.
    public var tensors: [String: Tensor]
    /// Texts beside the tensors; Python's library shows them as `metadata()`.
    public var metadata: [String: String]

    /// - Precondition: no tensor is named `__metadata__`, the format's word for the texts.
    public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
        precondition(tensors[Self.metadataKey] == nil, "no tensor may be named \(Self.metadataKey)")
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The 32-bit values of a tensor of known shape.
    /// - Parameter file: the file's name, for messages.
    /// - Throws: ``FileError`` when there is no such tensor, or its type or shape is another.
    public func floats(_ name: String, shape: [Int], file: String) throws(FileError) -> [Float] {
        guard let found = tensors[name], let values = found.floats else {
            throw FileError(file: file, problem: "it has no 32-bit tensor “\(name)”")
        }
        guard found.shape == shape else {
            throw FileError(file: file, problem: "“\(name)” has the shape \(found.shape), expected \(shape)")
        }
        return values
    }

    static let metadataKey = "__metadata__"
}
