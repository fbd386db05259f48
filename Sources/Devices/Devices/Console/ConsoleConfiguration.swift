/// What a console's decoder depends on.
public struct ConsoleConfiguration: Codable, Sendable, Equatable {
    public var name: String

    public init(name: String) { self.name = name }
}
