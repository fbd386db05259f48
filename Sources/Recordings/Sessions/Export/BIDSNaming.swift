/// Where a recording stands in a BIDS data set, and what its side file says that no file of ours knows.
public struct BIDSNaming: Sendable, Equatable {
    /// Label behind `sub-`; nil for the recording's subject, or "01".
    public var subject: String?
    /// Label behind `ses-`; nil for a data set without sessions.
    public var session: String?
    public var task = "recording"
    /// Index behind `run-`, from 1; nil for none.
    public var run: Int?
    /// Of the mains, Hz.
    public var lineFrequency: Double?
    public var reference: String?
    public var ground: String?

    public init() {}

    /// - Throws: ``SessionError`` for a label of other than letters and digits, which the standard does not allow.
    func check(_ folder: String) throws(SessionError) {
        for (name, label) in [("subject", subject), ("session", session), ("task", task)] {
            guard let label, !Self.isLabel(label) else { continue }
            throw SessionError(
                path: folder, reason: .unsupported("the \(name) “\(label)” cannot name files in BIDS; letters and digits can"))
        }
        if let run, !(1...9999).contains(run) {
            throw SessionError(path: folder, reason: .unsupported("the run \(run) is not a number from 1 to 9999"))
        }
    }

    static func isLabel(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// The letters and digits of a text; nil where it has none.
    public static func label(of text: String) -> String? {
        let kept = String(text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(64))
        return kept.isEmpty ? nil : kept
    }
}
