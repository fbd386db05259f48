/// Writes messages in the wire format of protocol buffers, field by field.
///
/// - Source: protobuf.dev, "Encoding": a field begins with (number · 8 + wire type); wire type 0 is a variable-length integer, 2 bytes with
///   their length before them, 5 four bytes.
struct ProtocolBuffer {
    private(set) var bytes: [UInt8] = []

    init() {}

    /// - Parameter fill: adds the fields.
    init(_ fill: (inout ProtocolBuffer) -> Void) { fill(&self) }

    mutating func add(_ field: Int, _ value: Int) {
        addVariable(UInt64(field) << 3)
        addVariable(UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: Int, _ value: Float) {
        addVariable(UInt64(field) << 3 | 5)
        for k in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32(k)))) }
    }

    mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

    mutating func add(_ field: Int, _ message: ProtocolBuffer) { add(field, message.bytes) }

    mutating func add(_ field: Int, _ content: [UInt8]) {
        addVariable(UInt64(field) << 3 | 2)
        addVariable(UInt64(content.count))
        bytes += content
    }

    private mutating func addVariable(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
