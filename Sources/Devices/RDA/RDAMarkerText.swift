import Protocols
import Signals

/// A marker as one frame of numbers, so that it travels through rings and files like any other frame, text and all.
///
/// | channel | content |
/// |---|---|
/// | 0, 1 | point of the EEG stream (its counter) that the marker belongs to: millions and the rest, both exact |
/// | 2 | length in points |
/// | 3 | channel, −1 for all |
/// | 4 … | "type,text" as `MarkerText` |
public enum RDAMarkerText {
    /// Longest text that is kept; longer text is cut between characters.
    public static let longestText = 96
    public static let labels =
        ["point millions", "point rest", "length", "channel"] + MarkerText.labels(longest: longestText)

    /// - Parameter firstPoint: counter of the first point of the marker's block.
    static func frame(_ marker: RDAMarker, firstPoint: UInt64) -> [Float] {
        let text = marker.type.isEmpty ? marker.text : marker.type + "," + marker.text
        let point = firstPoint + UInt64(marker.position)
        return [
            Float(point / 1_000_000), Float(point % 1_000_000), Float(marker.points), Float(marker.channel),
        ] + MarkerText.frame(text, longest: longestText)
    }

    /// What a frame of the marker stream says; nil when it is none.
    public static func marker(_ frame: [Float]) -> (point: UInt64, length: Int, channel: Int, text: String)? {
        guard frame.count == labels.count, frame.allSatisfy({ $0.isFinite && abs($0) < 0x1p24 }),
            frame[0] >= 0, frame[1] >= 0, let text = MarkerText.text(frame[4...])
        else { return nil }
        return (UInt64(frame[0]) * 1_000_000 + UInt64(frame[1]), Int(frame[2]), Int(frame[3]), text)
    }
}
