/// Text as one frame of numbers, so that it travels through rings like any other frame.
///
/// The first number is the count of bytes; each that follows holds three bytes of UTF-8: b₀ + 256·b₁ + 65,536·b₂. Numbers below
/// 2²⁴ are exact in single precision, so the text comes back byte for byte.
public enum MarkerText {
    /// Longest text of a prompt or marker of the console, in bytes of UTF-8.
    public static let longestOnConsole = 240

    /// Labels of the channels that text of at most `longest` bytes takes.
    public static func labels(longest: Int) -> [String] {
        ["text bytes"] + (0..<(longest + 2) / 3).map { "text \($0)" }
    }

    /// Text that is longer than `longest` bytes is cut between characters.
    public static func frame(_ text: String, longest: Int) -> [Float] {
        var text = text
        while text.utf8.count > longest { text.removeLast() }
        var frame = [Float](repeating: 0, count: 1 + (longest + 2) / 3)
        frame[0] = Float(text.utf8.count)
        for (index, byte) in text.utf8.enumerated() { frame[1 + index / 3] += Float(Int(byte) << (8 * (index % 3))) }
        return frame
    }

    /// The text of a frame; nil when it is none.
    public static func text(_ frame: some RandomAccessCollection<Float>) -> String? {
        guard let count = frame.first, count >= 0, count <= Float((frame.count - 1) * 3),
            frame.allSatisfy({ $0.isFinite && abs($0) < 0x1p24 })
        else { return nil }
        let bytes = (0..<Int(count)).map { index in
            let number = frame[frame.index(frame.startIndex, offsetBy: 1 + index / 3)]
            return UInt8(truncatingIfNeeded: Int(number) >> (8 * (index % 3)))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension StreamDescription {
    /// Whether the stream's frames are ``MarkerText`` and nothing else.
    public var isPackedText: Bool { kind == .markers && channels.first?.label == MarkerText.labels(longest: 0).first }
}
