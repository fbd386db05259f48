public import LiveGraph
import Signals

/// Lines for people about a run's decisions, at a pace that people can read: of what devices and their lines report, the first few of a kind in a
/// second are shown, the rest is counted. Words, markers and everything else that people ask for are always shown.
///
/// No clock is read here: seconds come with the calls and only grow.
public struct EventLines {
    /// Lines of one device and kind in one ``span``.
    public static let burst = 3
    /// Seconds.
    public static let span = 1.0

    private struct Kind {
        let head: String
        var begin: Double
        var shown = 1
        var leftOut: UInt64 = 0
        /// Frames that are missing, of gaps.
        var frames: UInt64 = 0
    }

    private var kinds: [String: Kind] = [:]

    public init() {}

    /// - Parameter text: the decision's line.
    /// - Returns: the line to show now; nil when it is counted for later.
    public mutating func take(_ text: String, of decision: Decision, at seconds: Double) -> String? {
        let (head, frames): (String, UInt64) =
            switch decision.content {
            case .gap(let stream, _, let count): ("gap     \(stream): ", UInt64(count))
            case .device(let name, let event): ("device  \(name): \(event.code.name) ", 0)
            case .eegAbsent: ("eeg     ", 0)
            case .prediction(let target, _, _, _): ("predict \(target): ", 0)
            case .line(let stream, let line, _, _, _): ("line    \(stream) \(line): ", 0)
            default: ("", 0)
            }
        guard !head.isEmpty else { return text }
        guard var kind = kinds[head], seconds - kind.begin < Self.span || kind.leftOut > 0 else {
            kinds[head] = Kind(head: head, begin: seconds)
            return text
        }
        defer { kinds[head] = kind }
        // Predictions are a stream: one of them shows where it is.
        if case .prediction = decision.content { return nil }
        if kind.shown < Self.burst {
            kind.shown += 1
            return text
        }
        kind.leftOut += 1
        kind.frames += frames
        return nil
    }

    /// Lines about what was left out in spans that are over now.
    public mutating func due(at seconds: Double) -> [String] {
        var lines: [String] = []
        for (head, kind) in kinds.sorted(by: { $0.key < $1.key }) where seconds - kind.begin >= Self.span {
            if kind.leftOut > 0 { lines.append(line(kind)) }
            kinds[head] = nil
        }
        return lines
    }

    /// Lines about everything that was left out and not told yet.
    public mutating func rest() -> [String] { due(at: .infinity) }

    private func line(_ kind: Kind) -> String {
        kind.head + "\(kind.leftOut) more in this second" + (kind.frames > 0 ? ", \(kind.frames) frames" : "")
    }
}
