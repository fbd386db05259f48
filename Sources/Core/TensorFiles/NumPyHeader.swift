/// The bytes that stand before an array's raw little-endian data in a `.npy` file, last axis fastest.
///
/// - Source: NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays", version 1.0.
public struct NumPyHeader: Sendable, Equatable {
    /// The types of numbers that Larmor writes.
    public enum Element: String, Sendable, CaseIterable {
        case int8 = "|i1"
        case int16 = "<i2"
        case int32 = "<i4"
        case int64 = "<i8"
        case float32 = "<f4"
        case float64 = "<f8"
    }

    /// Type of the numbers.
    public var element: Element
    /// Sizes along each axis, the last one fastest.
    public var shape: [Int]

    /// - Precondition: one to eight axes, none negative.
    public init(_ element: Element, shape: [Int]) {
        precondition((1...8).contains(shape.count) && shape.allSatisfy { $0 >= 0 }, "one to eight axes, none negative")
        self.element = element
        self.shape = shape
    }

    /// The data begin at a multiple of 64 bytes.
    public var bytes: [UInt8] {
        // Python's tuples: (3,) and (3, 4).
        let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
        var header = Array("{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
        // 10 bytes stand before the header, and a line feed ends it.
        header += [UInt8](repeating: 0x20, count: 63 - (10 + header.count) % 64) + [0x0A]
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header
    }
}
