/// Makes words of the characters that a network names: a word ends at a space, or when nothing follows it for half a second.
public struct WordAssembler: Sendable {
    /// A word, finished or not.
    public struct Word: Sendable, Equatable {
        public var text: String
        /// Of its first character.
        public var first: UInt64
        /// Of its last character.
        public var frame: UInt64
        /// Sum over its characters.
        public var logProbability: Float

        public init(text: String, first: UInt64? = nil, frame: UInt64, logProbability: Float) {
            (self.text, self.first, self.frame) = (text, first ?? frame, frame)
            self.logProbability = logProbability
        }
    }

    /// Frames after which a word has ended, 100 a second.
    private static let pause: UInt64 = 50

    /// The word so far; nil between words.
    public private(set) var current: Word?

    public init() {}

    /// Takes one frame.
    /// - Parameters:
    ///   - character: what the network named in this frame, a space included; nil for nothing.
    ///   - frame: its number.
    /// - Returns: a word that ends here.
    public mutating func next(_ character: String?, logProbability: Float, frame: UInt64) -> Word? {
        guard let character else {
            guard let word = current, frame &- word.frame >= Self.pause else { return nil }
            current = nil
            return word
        }
        if character == " " {
            defer { current = nil }
            return current
        }
        current = Word(
            text: (current?.text ?? "") + character, first: current?.first ?? frame, frame: frame,
            logProbability: (current?.logProbability ?? 0) + logProbability)
        return nil
    }

    /// The stream has ended.
    public mutating func finish() -> Word? {
        defer { current = nil }
        return current
    }
}
