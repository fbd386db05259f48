/// The parts that an XDF file is made of.
///
/// - Source: XDF 1.0 specification, github.com/sccn/xdf/wiki/Specifications.
enum XDFTag: UInt16 {
    case fileHeader = 1
    case streamHeader = 2
    case samples = 3
    case clockOffset = 4
    case boundary = 5
    case streamFooter = 6
}

enum XDF {
    static let magic = Array("XDF:".utf8)

    /// Content of a boundary chunk: a reader that lost its way searches for it.
    static let boundary: [UInt8] = [
        0x43, 0xA5, 0x46, 0xDC, 0xCB, 0xF5, 0x41, 0x0F, 0xB3, 0x0E, 0xD5, 0x46, 0x73, 0x83, 0xCB, 0xE4,
    ]

    /// Length of the length, the length of tag and content, the tag, the content.
    static func chunk(_ tag: XDFTag, _ content: [UInt8]) -> [UInt8] {
        var bytes = variableLength(content.count + 2)
        bytes.reserveCapacity(bytes.count + 2 + content.count)
        append(tag.rawValue, to: &bytes)
        bytes += content
        return bytes
    }

    /// A number with its size before it, in the smallest of the sizes 1, 4 and 8.
    static func variableLength(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        if value <= 0xFF {
            bytes = [1, UInt8(value)]
        } else if value <= Int(UInt32.max) {
            bytes = [4]
            append(UInt32(value), to: &bytes)
        } else {
            bytes = [8]
            append(UInt64(value), to: &bytes)
        }
        return bytes
    }

    static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
