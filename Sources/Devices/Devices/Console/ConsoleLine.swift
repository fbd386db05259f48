import Signals

/// What goes over the console's wire: a letter for the kind, the text in UTF-8, a line feed.
public enum ConsoleLine {
    /// A sentence that is shown, or a marker that is typed.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case prompt = 0x50
        case marker = 0x4D

        /// Index of its stream.
        var stream: Int { self == .prompt ? 0 : 1 }
    }

    /// Longest text, in bytes of UTF-8; longer text is cut between characters.
    public static let longestText = 240

    static func bytes(_ kind: Kind, _ text: String) -> [UInt8] {
        // A line stays one line, whatever is in it.
        var text = String(text.map { $0.isNewline ? " " : $0 })
        while text.utf8.count > longestText { text.removeLast() }
        return [kind.rawValue] + Array(text.utf8) + [0x0A]
    }
}
