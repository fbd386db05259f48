/// Where a result comes from: which program made it, how it was called, on what it ran, and from what.
///
/// It stands in every JSON result, in the cards of models and readouts, in a session's manifest, and beside every table.
public struct Provenance: Codable, Sendable, Equatable {
    public var version: String
    /// The command line.
    public var command: String
    /// The processor's name, as the kernel has it; "unknown" where it has none.
    public var processor: String
    /// Of everything that was random; absent where nothing was.
    public var seed: UInt64?
    /// SHA-256 of what was read, by the path that was given (see ``ContentHash``); absent where nothing was.
    public var data: [String: String]?

    public init(version: String, command: String, processor: String, seed: UInt64? = nil, data: [String: String]? = nil) {
        self.version = version
        self.command = command
        self.processor = processor
        self.seed = seed
        self.data = data
    }
}
