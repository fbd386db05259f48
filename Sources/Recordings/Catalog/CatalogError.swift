public import Failures

/// The catalogue's file cannot be used. It holds nothing that the session folders do not: it can be deleted at any time.
public struct CatalogError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        /// The system's reason.
        case folder(String, cause: String)
        /// Not to be opened, or not as a file that can be read and written.
        case closed
        /// It may be read, and not written.
        case readOnly
        /// Another program has been writing for so many seconds.
        case busy(seconds: Double)
        /// A file of somebody else's.
        case foreign
        case damaged
        case diskFull
        /// The system could not read or write.
        case inputOutput
        case other
    }

    /// The database file.
    public var path: String
    public var reason: Reason
    /// SQLite's words, where they tell more.
    public var detail: String?

    init(path: String, reason: Reason, detail: String? = nil) {
        self.path = path
        self.reason = reason
        self.detail = detail
    }

    public var kind: FailureKind { .inputOutput }

    public var description: String { "\(path): \(text)" + (detail.map { " (SQLite: \($0))" } ?? "") }

    private var text: String {
        let other = "name another file with --catalog"
        switch reason {
        case .folder(let folder, let cause):
            return "the folder \(folder) of the catalogue cannot be made: \(cause); \(other)"
        case .closed:
            return
                "the catalogue cannot be opened; expected a file that you may read and write, in a folder that you may write to; \(other)"
        case .readOnly:
            return "the catalogue can be read and not written; make the file and its folder writable, or \(other)"
        case .busy(let seconds):
            return
                "the catalogue is being written by another program, for \(Int(seconds.rounded(.up))) s and more; wait for it, or \(other)"
        case .foreign:
            return "it is no catalogue of Larmor's, and stays as it is; \(other), or delete it"
        case .damaged:
            return "the catalogue is damaged; delete it: `larmor sessions rebuild FOLDER` makes a new one"
        case .diskFull:
            return "the disk has no room for the catalogue; make some, or \(other)"
        case .inputOutput:
            return "the catalogue cannot be read or written where it is; \(other)"
        case .other:
            return "the catalogue cannot be used; delete it: `larmor sessions rebuild FOLDER` makes a new one"
        }
    }
}
