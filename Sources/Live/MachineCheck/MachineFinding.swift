/// One thing of this machine that Larmor depends on.
public struct MachineFinding: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable {
        /// As it should be.
        case good
        /// Works, but something is slower, later or missing for some commands.
        case advice
        /// Something that is here cannot be used.
        case wrong
    }

    public var name: String
    public var state: State
    /// What was found, in words.
    public var found: String
    /// What to do; absent where nothing needs to be done.
    public var remedy: String?

    public init(_ name: String, _ state: State, _ found: String, remedy: String? = nil) {
        self.name = name
        self.state = state
        self.found = found
        self.remedy = remedy
    }
}
