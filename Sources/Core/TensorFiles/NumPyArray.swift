public import Failures
import Foundation
import Texts

/// An array of numbers as a `.npy` file: read in 64 bits whatever its type was, last axis fastest.
///
/// Read are versions 1.0 to 3.0 of the format, floats of 32 and 64 bits, whole numbers of 8 to 64 bits, in either order of bytes. Not
/// read are objects, texts, records, and arrays in Fortran's order.
///
/// - Source: NumPy Enhancement Proposal 1; `numpy.lib.format`.
public struct NumPyArray: Sendable, Equatable {
    public var shape: [Int]
    /// As many as the shape says.
    public var values: [Double]

    /// - Precondition: as many values as the shape has.
    public init(shape: [Int], values: [Double]) {
        precondition(shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count, "as many values as the shape says")
        self.shape = shape
        self.values = values
    }

    /// Why a file is no usable array.
    public struct FileError: Failure, Equatable {
        public enum Problem: Sendable, Equatable {
            case noSuchFile
            /// A folder, or a file that may not be read.
            case unreadable(String)
            case unusable(String)
        }

        public var file: String
        public var problem: Problem

        public init(file: String, problem: Problem) {
            self.file = file
            self.problem = problem
        }

        public var kind: FailureKind {
            switch problem {
            case .noSuchFile: .missingInput
            case .unreadable: .ofInput(at: file)
            case .unusable: .badInput
            }
        }

        public var description: String {
            switch problem {
            case .noSuchFile: "\(file): no such file"
            case .unreadable(let why), .unusable(let why): "\(file): not a usable .npy file: \(ForeignText.line(why))"
            }
        }
    }

    /// Files of more bytes than this are not read: 1 GiB.
    public static let mostBytes = 1 << 30

    /// - Throws: ``FileError``.
    public init(file: String) throws(FileError) {
        var status = stat()
        guard stat(file, &status) == 0 else { throw FileError(file: file, problem: .noSuchFile) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(file: file, problem: .unreadable("it is no regular file"))
        }
        guard Int(status.st_size) <= Self.mostBytes else {
            throw FileError(
                file: file, problem: .unusable("it has \(status.st_size) bytes, at most \(Self.mostBytes) are read"))
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw FileError(file: file, problem: .unreadable("it cannot be read"))
        }
        try self.init([UInt8](data), name: file)
    }

    /// - Parameter name: of the file, for messages.
    /// - Throws: ``FileError``.
    public init(_ bytes: [UInt8], name: String) throws(FileError) {
        let header: NumPyFileHeader
        do {
            header = try NumPyFileHeader(bytes)
        } catch {
            throw FileError(file: name, problem: .unusable(error.text))
        }
        shape = header.shape
        values = bytes.withUnsafeBytes { header.values(UnsafeRawBufferPointer(rebasing: $0[header.dataStart...])) }
    }

    /// The file's bytes: 64-bit floats, little-endian.
    public var bytes: [UInt8] {
        precondition((1...8).contains(shape.count), "one to eight axes")
        var bytes = NumPyHeader(.float64, shape: shape).bytes
        bytes.reserveCapacity(bytes.count + 8 * values.count)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        return bytes
    }
}
