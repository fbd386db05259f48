public import Failures

/// What is wrong with a language model's text or file.
public struct LanguageModelError: Failure, Equatable {
    public enum Reason: Sendable, Equatable {
        /// The order, the weights or another parameter cannot be.
        case parameter(String)
        /// No text to count.
        case noText
        /// A line of an ARPA file, counted from 1, and what is wrong with it.
        case line(Int, String)
        /// A damaged or foreign file, and what is wrong with it.
        case file(String)
        /// The file is not there, or cannot be opened.
        case unopened(String)
        /// A text that the model must not know is among those that it was counted from.
        case knownText(String)
    }
    /// File or, where there is none, what the input is called.
    public let place: String
    public let reason: Reason

    public init(_ place: String, _ reason: Reason) {
        self.place = place
        self.reason = reason
    }

    public var kind: FailureKind {
        switch reason {
        case .parameter: .usage
        case .unopened: .missingInput
        case .noText, .line, .file, .knownText: .badInput
        }
    }

    public var description: String {
        switch reason {
        case .parameter(let what): "\(place): \(what)"
        case .noText: "\(place): no text to count; give at least one line with a word"
        case .line(let number, let what): "\(place): line \(number): \(what)"
        case .file(let what): "\(place): not a usable language model: \(what)"
        case .unopened(let what): "\(place): \(what); `larmor train language-model` makes one"
        case .knownText(let text):
            "\(place): it was counted from a text that it is tested with: “\(text.prefix(80))”. "
                + "Count it from other texts, or the result is too good"
        }
    }
}
