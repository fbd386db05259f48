public import Failures
import Glibc
import StudyFiles

/// A stored search that cannot begin, go on or be reported: which file, why, what to do.
public struct SearchError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        case missing
        /// A file of another program's.
        case foreign
        /// The number of the store's form.
        case otherFormat(Int, expected: Int)
        /// The program's version that began the search.
        case otherVersion(String, own: String)
        /// SQLite's words, or ours.
        case damaged(String)
        case inUse
        case busy
        /// Options that differ from the store's.
        case changed([String])
        /// More individuals are there than were asked for.
        case tooMany(Int, asked: Int)
        /// A file that the search reads is another one than it was.
        case dataChanged(String)
        /// An individual that the search would not have proposed.
        case otherCourse(Int)
        case noIndividual(Int, most: Int)
        /// How many, and why the first one did.
        case allFailed(Int, first: String)
        case system(call: String, code: Int32)
    }

    /// The store's file.
    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) { (self.path, self.reason) = (path, reason) }

    init(path: String, _ error: any Error) {
        if let own = error as? SearchError {
            self = own
            return
        }
        let reason: Reason =
            switch StoreFault(error) {
            case .missing: .missing
            case .foreign: .foreign
            case .otherFormat(let found, let expected): .otherFormat(found, expected: expected)
            case .damaged(let words): .damaged(words)
            case .inUse: .inUse
            case .busy: .busy
            case .system(let call, let code): .system(call: call, code: code)
            }
        self.init(path: path, reason: reason)
    }

    public var kind: FailureKind {
        switch reason {
        case .missing: .missingInput
        case .foreign, .otherFormat, .otherVersion, .damaged, .changed, .tooMany, .dataChanged, .otherCourse, .noIndividual,
            .allFailed:
            .badInput
        case .inUse, .busy: .unavailable
        case .system: .inputOutput
        }
    }

    public var description: String { "\(path): \(text)" }

    private var text: String {
        let anew = "begin anew with --output OTHER.sqlite"
        return switch reason {
        case .missing: "there is no such store; `larmor reservoir search run --output \(path)` makes one"
        case .foreign: "it is no store of a search, and stays as it is; name another file"
        case .otherFormat(let found, let expected):
            "the store has form \(found), expected \(expected): another version of larmor made it; use that version, or \(anew)"
        case .otherVersion(let found, let own):
            "larmor \(found) began this search and this is \(own), whose numbers might not be the same; go on with \(found), or \(anew). "
                + "`larmor reservoir search report` reads it"
        case .damaged(let words): "the store is damaged (\(words)); keep a copy, and \(anew)"
        case .inUse: "another process runs this search; wait for it, or end it"
        case .busy: "another program is writing to the store; wait for it"
        case .changed(let options):
            "the store belongs to another search: \(options.joined(separator: ", ")) \(options.count == 1 ? "differs" : "differ"); "
                + "give the same options as at first, or \(anew)"
                + (options.contains("--population")
                    ? ". Where none is given, --population follows from --evaluations" : "")
        case .tooMany(let found, let asked):
            "the search has \(found) individuals, more than --evaluations \(asked); ask for as many or more, or \(anew)"
        case .dataChanged(let file):
            "“\(file)”, which the search reads, is not what it was when the search began; restore it, or \(anew)"
        case .otherCourse(let number):
            "individual \(number) is not the one that this search proposes: the store was changed by hand, or another machine computes "
                + "other numbers; keep a copy, and \(anew)"
        case .noIndividual(let number, let most):
            most == 0 ? "it has no individuals yet" : "there is no individual \(number); there are 1 to \(most)"
        case .allFailed(let count, let first): "all \(count) individuals failed; the first: \(first)"
        case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))"
        }
    }
}
