public import Failures

/// The catalog file cannot be used. It holds nothing that the session folders do not: it can be deleted at any time.
public struct CatalogError: Failure, Equatable {
    /// The database file.
    public var path: String
    public var detail: String

    public var kind: FailureKind { .inputOutput }

    public var description: String {
        "\(path): the catalog cannot be used: \(detail); it can be deleted, `larmor sessions rebuild FOLDER` makes a new one"
    }
}
