/// Formats of a Lab Streaming Layer channel, with liblsl's numbers (`lsl_channel_format_t`).
public enum LSLFormat: UInt8, Codable, Sendable, CaseIterable {
    case float32 = 1
    case double64 = 2
    case string = 3
    case int32 = 4
    case int16 = 5
    case int8 = 6
    case int64 = 7

    /// Bytes of one value; 0 for text, which has none of fixed size.
    public var size: Int {
        switch self {
        case .int8: 1
        case .int16: 2
        case .float32, .int32: 4
        case .double64, .int64: 8
        case .string: 0
        }
    }

    /// The word of XDF headers and of liblsl's own XML.
    public var name: String { "\(self)" }
}
