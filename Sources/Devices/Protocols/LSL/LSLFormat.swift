public import Signals

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

    /// The format of the samples; nil for text.
    public var samples: SampleFormat? {
        switch self {
        case .float32: .float32
        case .double64: .double64
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .string: nil
        }
    }

    /// The format that carries samples.
    public init(_ samples: SampleFormat) {
        switch samples {
        case .float32: self = .float32
        case .double64: self = .double64
        case .int8: self = .int8
        case .int16: self = .int16
        case .int32: self = .int32
        case .int64: self = .int64
        }
    }

    /// The word of XDF headers and of liblsl's own XML.
    public var name: String { "\(self)" }
}
