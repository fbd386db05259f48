public import Failures
public import StudyFiles

/// A stored search that cannot begin, go on or be reported: which file, why, what to do.
public struct SearchError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        case store(StoreFault)
        /// The program's version that began the search.
        case otherVersion(String, own: String)
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
    }

    /// The store's file.
    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) { (self.path, self.reason) = (path, reason) }

    init(path: String, _ error: any Error) {
        self = error as? SearchError ?? SearchError(path: path, reason: .store(StoreFault(error)))
    }

    public var kind: FailureKind {
        switch reason {
        case .store(let fault): fault.kind
        case .otherVersion, .changed, .tooMany, .dataChanged, .otherCourse, .noIndividual, .allFailed: .badInput
        }
    }

    public var description: String { "\(path): \(text)" }

    private var text: String {
        let anew = "begin anew with --output OTHER.sqlite"
        return switch reason {
        case .store(let fault): fault.text(study: "search", maker: "larmor reservoir search run --output \(path)", anew: anew)
        case .otherVersion(let found, let own):
            "larmor \(found) began this search and this is \(own), whose numbers might not be the same; go on with \(found), or \(anew). "
                + "`larmor reservoir search report` reads it"
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
        }
    }
}
