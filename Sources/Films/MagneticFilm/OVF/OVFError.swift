public import Failures

/// A file of vectors that cannot be read or written.
public struct OVFError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        case noSuchFile
        case notWritten(String)
        /// Something else than expected at a line, from 1.
        case header(line: Int, expected: String, found: String)
        /// The data end too early or do not begin with the value that tells the byte order.
        case data(expected: String, found: String)
        /// A value that is not finite, at a cell.
        case notFinite(cell: Int)
        /// The file describes another film than the one it is meant for.
        case otherMesh(expected: String, found: String)
    }

    public var file: String
    public var reason: Reason

    public init(_ reason: Reason, file: String) { (self.reason, self.file) = (reason, file) }

    public var kind: FailureKind {
        switch reason {
        case .noSuchFile: .missingInput
        case .notWritten: .inputOutput
        default: .badInput
        }
    }

    public var description: String {
        switch reason {
        case .noSuchFile: "\(file): no such file"
        case .notWritten(let cause): "\(file) cannot be written: \(cause)"
        case .header(let line, let expected, let found): "\(file):\(line): expected \(expected), found \(found)"
        case .data(let expected, let found): "\(file): expected \(expected), found \(found)"
        case .notFinite(let cell): "\(file): the vector of cell \(cell) is not finite"
        case .otherMesh(let expected, let found): "\(file): the film has \(expected), the file has \(found)"
        }
    }
}
