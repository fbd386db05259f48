/// The 16 bytes with which a dongle encrypts its reports. They are the user's: no text, log or recording shows them.
public struct EmotivKey: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    /// - Returns: nil unless there are 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// - Parameter text: 32 hexadecimal digits; spaces, colons and ends of lines may stand between them.
    /// - Returns: nil for other text.
    public init?(hexadecimal text: String) {
        let digits = text.filter { !$0.isWhitespace && $0 != ":" }
        guard digits.count == 32, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        let values = digits.compactMap(\.hexDigitValue)
        self.init(bytes: stride(from: 0, to: 32, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) })
    }

    public var description: String { "a key of 16 bytes" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }

    func withBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }
}
