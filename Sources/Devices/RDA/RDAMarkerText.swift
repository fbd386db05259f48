import Protocols

/// A marker as one frame of numbers, so that it travels through rings and files like any other frame, text and all.
///
/// | channel | content |
/// |---|---|
/// | 0, 1 | point of the EEG stream (its counter) that the marker belongs to: millions and the rest, both exact |
/// | 2 | length in points |
/// | 3 | channel, −1 for all |
/// | 4 | bytes of the text |
/// | 5 … | UTF-8 of "type,text", three bytes to a number: b₀ + 256·b₁ + 65,536·b₂ |
///
/// Numbers below 2²⁴ are exact in single precision, so the text comes back byte for byte.
public enum RDAMarkerText {
    /// Longest text that is kept; longer text is cut between characters.
    public static let longestText = 96
    public static let labels =
        ["point millions", "point rest", "length", "channel", "text bytes"]
        + (0..<longestText / 3).map { "text \($0)" }

    /// - Parameter firstPoint: counter of the first point of the marker's block.
    static func frame(_ marker: RDAMarker, firstPoint: UInt64) -> [Float] {
        var text = marker.type.isEmpty ? marker.text : marker.type + "," + marker.text
        while text.utf8.count > longestText { text.removeLast() }
        let bytes = Array(text.utf8)
        let point = firstPoint + UInt64(marker.position)
        var frame = [Float](repeating: 0, count: labels.count)
        frame[0] = Float(point / 1_000_000)
        frame[1] = Float(point % 1_000_000)
        frame[2] = Float(marker.points)
        frame[3] = Float(marker.channel)
        frame[4] = Float(bytes.count)
        for (index, byte) in bytes.enumerated() {
            frame[5 + index / 3] += Float(Int(byte) << (8 * (index % 3)))
        }
        return frame
    }

    /// What a frame of the marker stream says; nil when it is none.
    public static func marker(_ frame: [Float]) -> (point: UInt64, length: Int, channel: Int, text: String)? {
        guard frame.count == labels.count, frame.allSatisfy({ $0.isFinite && abs($0) < 0x1p24 }),
            frame[0] >= 0,
            frame[1] >= 0, (0...Float(longestText)).contains(frame[4])
        else { return nil }
        let bytes = (0..<Int(frame[4])).map { index in
            UInt8(truncatingIfNeeded: Int(frame[5 + index / 3]) >> (8 * (index % 3)))
        }
        return (
            UInt64(frame[0]) * 1_000_000 + UInt64(frame[1]), Int(frame[2]), Int(frame[3]),
            String(decoding: bytes, as: UTF8.self)
        )
    }
}
