public import Failures
import Origin

/// Scores that cannot be read or calibrated, or a certificate that does not fit.
public struct ConfidenceError: Failure, Equatable {
    /// What is wrong, as values.
    public enum Reason: Equatable, Sendable {
        case noSuchFile
        case unreadable(String)
        case notWritten(String)
        /// A table that is none, from this line on.
        case table(line: Int, problem: String)
        case missingColumn(name: String, present: [String])
        /// One value of a table; lines count from 1, a table's first data line has number 2.
        case value(line: Int?, column: String, expected: String, found: String)
        /// Two lists that belong together have different lengths.
        case shape(name: String, expected: Int, found: Int)
        /// The table has a line of names and no more.
        case noRows
        /// All outcomes are right, or all are wrong.
        case equalOutcomes(isRight: Bool, count: Int)
        /// All scores are this one: nothing can be fitted.
        case equalScores(Double)
        /// A threshold on the score tells right from wrong without an error, so the maximum likelihood lies at infinity.
        case separated
        /// Posterior `level` needs more than `least` − 1 independent rows.
        case tooFew(effective: Double, level: Double, least: Int)
        /// Intervals and divisions need several clusters.
        case tooFewClusters(found: Int, least: Int)
        /// A parameter of a call.
        case outOfRange(name: String, value: Double, expected: String)
        /// A fit that found no largest likelihood.
        case notConverged(String)
        /// A certificate that is damaged or of another form.
        case certificate(String)
        /// Scores that another model made than the one that is named.
        case otherModel(named: String, found: String)
        /// A certificate that was made for something else.
        case mismatch(of: String, certified: String, found: String)
    }

    public var reason: Reason
    /// The table or certificate, where there is one.
    public var file: String?

    public init(_ reason: Reason, file: String? = nil) {
        self.reason = reason
        self.file = file
    }

    init(_ error: ByteFileError) {
        switch error.reason {
        case .noSuchFile: self.init(.noSuchFile, file: error.path)
        case .unreadable(let why): self.init(.unreadable(why), file: error.path)
        }
    }

    /// The same about a file, where none is named yet.
    public func of(_ file: String) -> ConfidenceError { ConfidenceError(reason, file: self.file ?? file) }

    public var kind: FailureKind {
        switch reason {
        case .noSuchFile: .missingInput
        case .unreadable: file.map { FailureKind.ofInput(at: $0, otherwise: .inputOutput) } ?? .inputOutput
        case .notWritten: .inputOutput
        default: .badInput
        }
    }

    public var description: String {
        let place = line.map { ":\($0)" } ?? ""
        return (file.map { "\($0)\(place): " } ?? line.map { "line \($0): " } ?? "") + text
    }

    private var line: Int? {
        switch reason {
        case .table(let line, _): line
        case .value(let line, _, _, _): line
        default: nil
        }
    }

    private var text: String {
        switch reason {
        case .noSuchFile: "no such file"
        case .unreadable(let why): "cannot be read: \(why)"
        case .notWritten(let why): "cannot be written: \(why)"
        case .table(_, let problem): problem
        case .missingColumn(let name, let present):
            "there is no column “\(name)”; present are \(Self.list(present)). Name the columns of the score and the outcome"
        case .value(_, let column, let expected, let found): "\(column): expected \(expected), found “\(found)”"
        case .shape(let name, let expected, let found): "\(name) needs \(expected) values, found \(found)"
        case .noRows: "there are no rows"
        case .equalOutcomes(let isRight, let count):
            "all \(count) outcomes are \(isRight ? 1 : 0), so nothing can be calibrated; rows of both outcomes are needed"
        case .equalScores(let score): "all scores are \(score), so nothing can be calibrated; scores that differ are needed"
        case .separated:
            "a threshold on the score tells the outcomes apart without an error, so no map has the largest likelihood; "
                + "more rows are needed, among them wrong ones with high scores or right ones with low scores"
        case .tooFew(let effective, let level, let least):
            "\(Self.short(effective)) independent rows cannot show a posterior of \(Self.short(level * 100)) %: at least \(least) "
                + "are needed; ask for a lower level, or score more"
        case .tooFewClusters(let found, let least):
            "\(found) clusters are too few to tell how much their rows depend on each other; at least \(least) are needed"
        case .outOfRange(let name, let value, let expected): "\(name) is \(value), expected \(expected)"
        case .notConverged(let what): "\(what) did not converge"
        case .certificate(let problem): problem
        case .otherModel(let named, let found):
            "these scores were made by another model (\(found.prefix(12))…) than the one that is named (\(named.prefix(12))…); "
                + "name that one, or score words with this one (`larmor evaluate --scores`)"
        case .mismatch(let what, let certified, let found):
            "the certificate was made for another \(what) (\(certified.prefix(12))…, found \(found.prefix(12))…); make a new one "
                + "with `larmor calibrate fit`"
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(12).map { "“\($0.prefix(40))”" }.joined(separator: ", ")
        return names.isEmpty ? "none" : shown + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }

    private static func short(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() && abs(tenths) < 1e15 ? "\(Int(tenths))" : "\(tenths)"
    }
}
